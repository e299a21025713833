"""The operator that registers the model of a recorded run, and its candidates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context

from trimtab.airflow.hooks.mlflow_hook import version_url
from trimtab.airflow.links.urls import run_url
from trimtab.airflow.operators.mlflow_operator import MLFLOW_PAGE, MlflowOperator
from trimtab.airflow.operators.stage_seconds import stage_seconds
from trimtab.airflow.operators.upstream_tasks import Upstream, pull_record, upstream_reference
from trimtab.airflow.xcom_payloads import RegisteredVersion

if TYPE_CHECKING:
    from trimtab.registry import Version


class RegisterOperator(MlflowOperator):
    """Registers the model of a run: one MLflow run and one model version for each distinct content.

    If ``dvc.yaml`` declares candidates, each is a version of the same model. The run time of the stages that
    made the models is logged, if their commands ran in this DAG run.

    | outcome | state |
    |---|---|
    | registered, now or by an earlier run with the same content | success |
    | a signature is required, and `TRIMTAB_SIGNING_KEY` is no trusted key | failed, nothing is registered |
    | the report of a gate is missing, or its verdict is "fail" | failed, nothing is registered |
    | MLflow does not answer | up for retry, then failed; nothing is half-registered |

    Args:
        project: The project's root.
        reason: Why the model was trained; kept with the version. A template.
        record: The record to register: ``dag.record``, ``group.record`` or a task id. Airflow adds the
            upstream edge. Without it, the nearest upstream record of the project.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    template_fields = ("reason", "record", *MlflowOperator.template_fields)
    ui_color = "#e6dff1"

    def __init__(self, *, project: Path, reason: str, record: Upstream | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.reason = project, reason
        self.record = upstream_reference(record, argument="record")

    def execute(self, context: Context) -> RegisteredVersion:
        """Restore the model and its reports from the cache, and register them."""
        from trimtab.pipeline.record import open_recorded_outputs
        from trimtab.registry import (
            Candidate,
            find_signer,
            gather_candidates,
            load_publishers,
            model_stages,
            publish,
            read_model_trust,
            with_patch,
        )

        with self.hook.tracking_server() as address:
            record = pull_record(self, context, self.project)
            revision = record.base
            lineage = {
                "reason": self.reason,
                "git_revision": revision.baseline,
                "record": record.commit,
                "dag_run": f"{self.dag_id}/{context['run_id']}",
                "dag_run_url": run_url(context),
            }
            # Not those of the record, which an XCom names.
            trusted, publishers = read_model_trust(self.project).types, load_publishers(self.project)
            signer = find_signer(self.project)
            with open_recorded_outputs(self.project, record.commit, Candidate.paths) as (folder, graph):
                versions = []
                seconds = stage_seconds(self, context, self.project, [*model_stages(graph).values()])
                for gathered in gather_candidates(
                    folder, graph, lineage=lineage, publishers=publishers, seconds=seconds
                ):
                    own = replace(gathered, trusted_types=trusted)
                    with with_patch(own, self.project, revision) as candidate:
                        versions.append(publish(candidate, signer=signer))
        for version in versions:
            self.log.info("%s %s", version, "is registered" if version.created else "was registered before")
        model, *others = [self._payload(version, address) for version in versions]
        if model["url"]:
            context["ti"].xcom_push(key=MLFLOW_PAGE, value=model["url"])
        return {**model, "candidates": others} if others else model

    def _payload(self, version: Version, address: str) -> RegisteredVersion:
        return {
            "name": version.name,
            "version": version.version,
            "created": version.created,
            "run_id": version.run_id,
            "reason": self.reason,
            "url": version_url(address, version.name, version.version),
        }
