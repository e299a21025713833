"""Verification as a task: what is lost or altered is told to whoever is on call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow.hooks.mlflow import reach_server
from trimtab.airflow.notifications.alert import Alert, failure, links, said

if TYPE_CHECKING:
    from trimtab.registry.retention import Verification

SHOWN = 10  # problems


class VerifyOperator(BaseOperator):
    """Checks that code, lock, data and model of every live version are there, and unaltered.

    | outcome | state |
    |---|---|
    | all is there | success |
    | something is lost or altered | failed, no retry; told to whoever is on call |
    | MLflow or a remote cannot be reached | up for retry, then failed |

    Args:
        project: The project's root; its model is the one looked at.
        deep: Read and hash what remotes have, instead of asking whether it is there in the right size.
    """

    ui_color = "#dfe7f1"

    def __init__(self, *, project: Path, deep: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.deep = project, deep

    def execute(self, context: Context) -> dict[str, Any]:
        """Look; the XCom has the versions, why each is live, and what was looked at."""
        from trimtab.registry import own_model
        from trimtab.registry.retention import read_policy, verify

        model, policy = own_model(self.project), read_policy(self.project)
        reach_server()
        found = verify(self.project, model, policy, deep=self.deep)
        if found.problems:
            raise AirflowFailException(_sentence(found))
        self.log.info("Whole: %s", ", ".join(f"version {n} ({why})" for n, why in found.live.items()))
        return found.plain()

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Tell what is lost or altered; that it could not be looked at is told as of any other task."""
        error = context.get("exception")
        if not failed or not isinstance(error, AirflowFailException):
            return failure(context) if failed else None
        return Alert(
            kind="verification failed",
            title=f"{self.dag_id}: what live models were made of is lost or altered",
            facts={
                "found": said(error),
                "run": context["run_id"],
                "blocks": "nothing yet: a rollback or a rebuild may fail",
                "to try": "`trimtab verify` names each file and what to do; then clear the task",
            },
            links=links(context),
        )


def _sentence(found: Verification) -> str:
    more = len(found.problems) - SHOWN
    lines = [str(problem) for problem in found.problems[:SHOWN]]
    return "\n".join(
        [f"{len(found.problems)} problem(s)", *lines, *([f"and {more} more"] if more > 0 else [])]
    )
