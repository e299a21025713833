"""Operators that change which model is live, and tell people so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator, Context

from trimtab.airflow.hooks.mlflow import reach_server, version_url
from trimtab.airflow.notifications.alert import Alert, failure, links
from trimtab.airflow.operators.registration import examine_registered, registered
from trimtab.airflow.operators.upstream_tasks import pull

RETRAIN_PREFIX = "drift__"  # of a run that a drift check triggered; the window's name follows


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

    params_section = "promote"  # what it reads of params.yaml
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
        from trimtab.registry import Approval, Examination, PromotePolicy, note_outcome, promote

        reach_server()
        by = f"{self.dag_id}/{context['run_id']}"
        compared = pull(self, context, self.compared_by)
        answer = pull(self, context, self.approved_by) if self.approved_by else None
        policy = PromotePolicy(policy=compared.pop("policy"), deadline_hours=compared.pop("deadline_hours"))
        examined, approval = Examination.of(compared), Approval(**answer) if answer else None
        version = registered(self, context)
        while (decision := promote(version, examined, policy, by=by, approval=approval)) is None:
            self.log.warning("Another version became champion meanwhile; comparing anew")
            (examined, policy), approval = examine_registered(self, context), None
        self.log.info("%s", decision.sentence)
        if context["run_id"].startswith(RETRAIN_PREFIX):  # what became of it goes back to the verdict
            window = context["run_id"].removeprefix(RETRAIN_PREFIX)
            note_outcome(version.name, window, "promoted" if decision.promoted else "refused")
        return {
            "promoted": decision.promoted,
            "sentence": decision.sentence,
            "model": version.name,
            "version": version.version,
            "was": examined.champion,
            "challenger_figures": dict(examined.challenger_figures),
            "champion_figures": dict(examined.champion_figures),
        }

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe what was decided; that the champion is champion already is no news."""
        if failed:
            return failure(context)
        decided = context["ti"].xcom_pull(task_ids=self.task_id)
        made = pull(self, context, self.registered_by)
        promoted, was = decided["promoted"], decided["was"]
        if not promoted and was == decided["version"]:
            return None
        return Alert(
            kind="model promoted" if promoted else "model not promoted",
            title=f"{decided['model']} version {decided['version']} is {'' if promoted else 'not '}promoted",
            facts={
                "decision": decided["sentence"],
                "champion": f"version {decided['version']}" if promoted else _champion(was),
                "before": _champion(was) if promoted else "",
                "its figures": _figures(decided["challenger_figures"]),
                "the champion's": _figures(decided["champion_figures"]),
                "trained because": made["reason"],
                "run": context["run_id"],
                "to try": "" if promoted else f"`trimtab promote {decided['version']} --reason …` lets it in",
            },
            links={**({"model": made["url"]} if made["url"] else {}), **links(context)},
        )


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
        """Roll back; the XCom has the ledger's entry and the address of the version's page."""
        from dataclasses import asdict

        from trimtab.registry import own_model, roll_back, trusted_types

        address = reach_server()
        run, params = context["dag_run"], context["params"]
        entry = roll_back(
            own_model(self.project),
            to=params["to"],
            by=f"{run.triggering_user_name or 'somebody'} in {self.dag_id}/{context['run_id']}",
            reason=params["reason"],
            once=True,
            trusted=trusted_types(self.project),
        )
        self.log.info("%s", entry)
        url = version_url(address, entry.model, entry.champion) if entry.champion else ""
        return {**asdict(entry), "url": url}

    def alert(self, context: Context, *, failed: bool) -> Alert:
        """Describe the switch, or why there was none."""
        if failed:
            return failure(context)
        entry = context["ti"].xcom_pull(task_ids=self.task_id)
        return Alert(
            kind="model rolled back",
            title=f"{entry['model']} is rolled back to version {entry['champion']}",
            facts={
                "left": f"version {entry['was']}; only a person lets it in again",
                "reason": entry["reason"],
                "by": entry["by"],
            },
            links={**({"model": entry["url"]} if entry["url"] else {}), **links(context)},
        )


def _champion(version: int | None) -> str:
    return f"version {version}" if version else "none"


def _figures(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{metric} {value:.4f}" for metric, value in figures.items())
