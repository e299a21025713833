"""The operator that verifies the parts of every live version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import task_failed_alert, verification_alert
from trimtab.airflow.operators.mlflow_operator import MlflowOperator

if TYPE_CHECKING:
    from trimtab.registry.retention import Verification

SHOWN = 10  # problems


class VerifyOperator(MlflowOperator):
    """Verifies that code, lock, data and model of every live version exist and are unaltered.

    | outcome | state |
    |---|---|
    | everything exists, unaltered | success |
    | something is lost or altered | failed, no retry; sends an alert |
    | MLflow or a remote cannot be reached | up for retry, then failed |

    Args:
        project: The project's root.
        model: The registered model; that of the project if not given. A template.
        deep: Read and hash the content of remotes, instead of asking for its size.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    template_fields = ("model", *MlflowOperator.template_fields)
    ui_color = "#dfe7f1"

    def __init__(self, *, project: Path, model: str | None = None, deep: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.model, self.deep = project, model, deep

    def execute(self, context: Context) -> dict[str, object]:
        """Verify; return the versions, why each is live, and what was verified."""
        from trimtab.registry import read_model_name
        from trimtab.registry.retention import read_policy, verify

        model, policy = self.model or read_model_name(self.project), read_policy(self.project)
        with self.hook.tracking_server():
            found = verify(self.project, model, policy, deep=self.deep)
        if found.problems:
            raise AirflowFailException(problem_list(found))
        self.log.info("Verified: %s", ", ".join(f"version {n} ({why})" for n, why in found.live.items()))
        return found.to_dict()

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe what is lost or altered; that it could not be verified is the alert of any failed task."""
        if not failed:
            return None
        found = isinstance(context.get("exception"), AirflowFailException)
        if not found:
            return task_failed_alert(context)
        return verification_alert(context, model=self.model or self.belongs_to)


def problem_list(found: Verification) -> str:
    """Return the first problems of a verification as text, and the number of the others."""
    more = len(found.problems) - SHOWN
    lines = [str(problem) for problem in found.problems[:SHOWN]]
    return "\n".join(
        [f"{len(found.problems)} problem(s)", *lines, *([f"and {more} more"] if more > 0 else [])]
    )
