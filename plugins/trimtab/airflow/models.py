"""Operators that register, compare and promote what a recorded run made, and that roll back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, Context

from trimtab.airflow.results import pull_record

if TYPE_CHECKING:
    from trimtab.registry import Examination, PromotePolicy, Version

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
        record = pull_record(context, self.project)
        lineage = {
            "reason": self.reason,
            "git_revision": record["revision"],
            "record": record["commit"],
            "dag_run": f"{self.dag_id}/{context['run_id']}",
        }
        if not record["pinned"][
            "dirty"
        ]:  # with params.yaml and dvc.lock, any clone can make the record again
            lineage["baseline"] = record["pinned"]["baseline"]
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

    ui_color = "#e6dff1"

    def __init__(self, *, project: Path, registered_by: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.registered_by = project, registered_by

    def execute(self, context: Context) -> dict[str, Any]:
        """Score both on the newest labelled window of the run; the XCom has verdict, figures and policy."""
        examined, policy = _examine(self.project, context, self.registered_by)
        self.log.info("%s", examined.sentence)
        return {**examined.plain(), "policy": policy.policy, "deadline_hours": policy.deadline_hours}


class PromoteOperator(BaseOperator):
    """Makes the registered version champion, if comparison, policy and whoever was asked let it in.

    | outcome | state |
    |---|---|
    | promoted or not | success |
    | another version became champion meanwhile | success: compared anew, and nobody has been asked of that |
    | MLflow does not answer | up for retry, then failed; a switch that was begun is completed by the retry |

    Args:
        project: The project's root.
        registered_by: Task id of the registration.
        compared_by: Task id of the comparison.
        approved_by: Task id of the approval, if there is one.
    """

    ui_color = "#e6dff1"

    def __init__(
        self,
        *,
        project: Path,
        registered_by: str,
        compared_by: str,
        approved_by: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.project, self.registered_by = project, registered_by
        self.compared_by, self.approved_by = compared_by, approved_by

    def execute(self, context: Context) -> dict[str, Any]:
        """Decide and switch; the XCom has the decision and both models' figures."""
        from trimtab.registry import (
            Approval,
            Examination,
            PromotePolicy,
            note_outcome,
            promote,
            require_server,
        )

        require_server()
        ti, by = context["ti"], f"{self.dag_id}/{context['run_id']}"
        compared = ti.xcom_pull(task_ids=self.compared_by)
        answer = ti.xcom_pull(task_ids=self.approved_by) if self.approved_by else None
        policy = PromotePolicy(policy=compared.pop("policy"), deadline_hours=compared.pop("deadline_hours"))
        examined, approval = Examination.of(compared), Approval(**answer) if answer else None
        version = _registered(context, self.registered_by)
        while (decision := promote(version, examined, policy, by=by, approval=approval)) is None:
            self.log.warning("Another version became champion meanwhile; comparing anew")
            (examined, policy), approval = _examine(self.project, context, self.registered_by), None
        self.log.info("%s", decision.sentence)
        if context["run_id"].startswith(RETRAIN_PREFIX):  # what became of it goes back to the verdict
            window = context["run_id"].removeprefix(RETRAIN_PREFIX)
            note_outcome(version.name, window, "promoted" if decision.promoted else "refused")
        return {
            "promoted": decision.promoted,
            "sentence": decision.sentence,
            "challenger_figures": dict(examined.challenger_figures),
            "champion_figures": dict(examined.champion_figures),
        }


def _registered(context: Context, task: str) -> Version:
    from trimtab.registry import find_version

    registered = context["ti"].xcom_pull(task_ids=task)
    return find_version(registered["name"], registered["version"])


def _examine(project: Path, context: Context, registered_by: str) -> tuple[Examination, PromotePolicy]:
    """Compare on the test window and by the policy of the run's record."""
    from trimtab.config import load_params
    from trimtab.pipeline.workspace import outputs_of
    from trimtab.registry import PromotePolicy, examine, label_of, require_server, test_window

    require_server()
    version = _registered(context, registered_by)
    commit = pull_record(context, project)["commit"]
    with outputs_of(project, commit, lambda graph: [test_window(graph).path]) as (folder, graph):
        policy = load_params(PromotePolicy, "promote", folder / "params.yaml")
        test = folder / test_window(graph).path
        return examine(version, policy, test=test, label=label_of(graph)), policy


class RollBackOperator(BaseOperator):
    """Makes an earlier champion champion again, as the run's params ``reason`` and ``to`` say.

    | outcome | state |
    |---|---|
    | the version loads and answers; switched, or switched by an earlier try | success |
    | there is nothing to go back to, or the champion changed meanwhile | up for retry, then failed |
    | the version does not load or answer, MLflow does not answer | up for retry, then failed |

    A failed run has switched nothing.

    Args:
        project: The project's root; its model is the one rolled back.
    """

    ui_color = "#e6dff1"

    def __init__(self, *, project: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project = project

    def execute(self, context: Context) -> dict[str, Any]:
        """Roll back; the XCom has the ledger's entry."""
        from dataclasses import asdict

        from trimtab.registry import own_model, require_server, roll_back

        require_server()
        run, params = context["dag_run"], context["params"]
        entry = roll_back(
            own_model(self.project),
            to=params["to"],
            by=f"{run.triggering_user_name or 'somebody'} in {self.dag_id}/{context['run_id']}",
            reason=params["reason"],
            once=True,
        )
        self.log.info("%s", entry)
        return asdict(entry)
