"""Operators that register what a recorded run made, and compare it with the champion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, Context

from trimtab.airflow.hooks.mlflow import reach_server, version_url
from trimtab.airflow.notifications.alert import run_url
from trimtab.airflow.operators.upstream_tasks import pull, pull_record

if TYPE_CHECKING:
    from trimtab.registry import Examination, PromotePolicy, Version


class RegisterOperator(BaseOperator):
    """Registers the run's model: one MLflow run and one model version per distinct result.

    | outcome | state |
    |---|---|
    | registered, now or by an earlier try of the same content | success |
    | a gate's report is missing or has failed | failed, nothing is registered |
    | MLflow does not answer | up for retry, then failed; nothing is half-registered |

    Args:
        project: The project's root.
        reason: Why the run was made; kept with the version. A template.
    """

    template_fields = ("reason",)
    ui_color = "#e6dff1"

    def __init__(self, *, project: Path, reason: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.reason = project, reason

    def execute(self, context: Context) -> dict[str, Any]:
        """Bring the model and its reports from the cache and register them."""
        from trimtab.pipeline.record import outputs_of
        from trimtab.registry import Candidate, publish, trusted_types, with_patch

        address = reach_server()
        record = pull_record(self, context, self.project)
        revision = record.base
        lineage = {
            "reason": self.reason,
            "git_revision": revision.baseline,
            "record": record.commit,
            "dag_run": f"{self.dag_id}/{context['run_id']}",
            "dag_run_url": run_url(context),
        }
        trusted = trusted_types(self.project)  # not those of the record, which an XCom names
        with outputs_of(self.project, record.commit, Candidate.paths) as (folder, graph):
            gathered = replace(Candidate.gather(folder, graph, lineage=lineage), trusted_types=trusted)
            with with_patch(gathered, self.project, revision) as candidate:
                version = publish(candidate)
        self.log.info("%s %s", version, "is registered" if version.created else "was registered already")
        return {
            "name": version.name,
            "version": version.version,
            "created": version.created,
            "run_id": version.run_id,
            "reason": self.reason,
            "url": version_url(address, version.name, version.version),
        }


class CompareOperator(BaseOperator):
    """Compares the registered version with the champion, and keeps the report with its run in MLflow.

    | outcome | state |
    |---|---|
    | compared, whatever the verdict; or no champion to compare with | success |
    | MLflow does not answer, or the challenger cannot be loaded | up for retry, then failed |

    Args:
        project: The project's root.
        registered_by: Task id of the registration.
    """

    params_section = "promote"  # what it reads of params.yaml
    ui_color = "#e6dff1"

    def __init__(self, *, project: Path, registered_by: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.registered_by = project, registered_by

    def execute(self, context: Context) -> dict[str, Any]:
        """Score both on the newest labelled window of the run; the XCom has verdict, figures and policy."""
        examined, policy = examine_registered(self, context)
        self.log.info("%s", examined.sentence)
        return {**examined.plain(), "policy": policy.policy, "deadline_hours": policy.deadline_hours}


def registered(task: Any, context: Context) -> Version:
    """Return the version that has been registered in the run before a task."""
    from trimtab.registry import find_version

    registered = pull(task, context, task.registered_by)
    return find_version(registered["name"], registered["version"])


def examine_registered(task: Any, context: Context) -> tuple[Examination, PromotePolicy]:
    """Compare what was registered before a task, on the test window and by the policy of the run's record."""
    from trimtab.config import load_params
    from trimtab.pipeline.record import outputs_of
    from trimtab.registry import PromotePolicy, examine, label_of, test_window, trusted_types

    reach_server()
    version, project = registered(task, context), task.project
    commit = pull_record(task, context, project).commit
    trusted = trusted_types(project)  # not those of the record, which an XCom names
    with outputs_of(project, commit, lambda graph: [test_window(graph).path]) as (folder, graph):
        policy = load_params(PromotePolicy, "promote", folder / "params.yaml")
        test = folder / test_window(graph).path
        return examine(version, policy, test=test, label=label_of(graph), trusted=trusted), policy
