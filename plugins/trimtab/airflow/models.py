"""Operators that register and promote what a recorded run made."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from airflow.sdk import BaseOperator, Context

from trimtab.airflow.stages import RECORD

RETRAIN_PREFIX = "drift__"  # of a run that a drift check triggered; the window's name follows


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
        from trimtab.pipeline.workspace import outputs_of
        from trimtab.registry import Candidate, publish, require_server

        require_server()
        record = context["ti"].xcom_pull(task_ids=RECORD)
        lineage = {
            "reason": self.reason,
            "git_revision": record["revision"],
            "record": record["commit"],
            "dag_run": f"{self.dag_id}/{context['run_id']}",
        }
        with outputs_of(self.project, record["commit"], Candidate.paths) as (folder, graph):
            version = publish(Candidate.gather(folder, graph, lineage=lineage))
        self.log.info("%s %s", version, "is registered" if version.created else "was registered already")
        return {
            "name": version.name,
            "version": version.version,
            "created": version.created,
            "run_id": version.run_id,
            "reason": self.reason,
        }


class PromoteOperator(BaseOperator):
    """Compares the registered version with the champion, and promotes it if the policy says so.

    | outcome | state |
    |---|---|
    | compared; promoted or not | success |
    | MLflow does not answer, or a model cannot be loaded | up for retry, then failed; the champion stays |

    Args:
        project: The project's root.
        registered_by: Task id of the registration.
    """

    ui_color = "#e6dff1"

    def __init__(self, *, project: Path, registered_by: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.registered_by = project, registered_by

    def execute(self, context: Context) -> dict[str, Any]:
        """Score both on the newest labelled window of the run, and decide."""
        from trimtab.config import load_params
        from trimtab.pipeline.workspace import outputs_of
        from trimtab.registry import (
            PromotePolicy,
            find_version,
            label_of,
            note_outcome,
            promote,
            require_server,
            test_window,
        )

        require_server()
        record = context["ti"].xcom_pull(task_ids=RECORD)
        registered = context["ti"].xcom_pull(task_ids=self.registered_by)
        version = find_version(registered["name"], registered["version"])
        with outputs_of(self.project, record["commit"], lambda graph: [test_window(graph).path]) as (
            folder,
            graph,
        ):
            decision = promote(
                version,
                load_params(PromotePolicy, "promote", folder / "params.yaml"),
                test=folder / test_window(graph).path,
                label=label_of(graph),
            )
        self.log.info("%s", decision.sentence)
        if context["run_id"].startswith(RETRAIN_PREFIX):  # what became of it goes back to the verdict
            already = registered["created"] and not decision.challenger_figures  # by an earlier try
            outcome: Literal["promoted", "refused"] = (
                "promoted" if decision.promoted or already else "refused"
            )
            note_outcome(version.name, context["run_id"].removeprefix(RETRAIN_PREFIX), outcome)
        return {
            "promoted": decision.promoted,
            "sentence": decision.sentence,
            "challenger_figures": dict(decision.challenger_figures),
            "champion_figures": dict(decision.champion_figures),
        }
