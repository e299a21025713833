"""The operator that rolls back to an earlier champion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import Context

from trimtab.airflow.hooks.mlflow_hook import version_url
from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import rollback_alert, task_failed_alert
from trimtab.airflow.operators.mlflow_operator import MlflowOperator


class RollBackOperator(MlflowOperator):
    """Makes an earlier champion champion again.

    | outcome | state |
    |---|---|
    | the version loads and answers; switched, now or by an earlier try | success |
    | there is no earlier champion, or the champion changed meanwhile | up for retry, then failed |
    | the version does not load or answer, MLflow does not answer | up for retry, then failed |

    A failed run has switched nothing.

    Args:
        project: The project's root.
        model: The registered model; that of the project if not given. A template.
        to: The version to roll back to; ``to`` of the run's params if not given. An empty value stands for
            the champion before this one. A template.
        reason: Why; ``reason`` of the run's params if not given. A template.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    template_fields = ("model", "to", "reason", *MlflowOperator.template_fields)
    ui_color = "#e6dff1"

    def __init__(
        self,
        *,
        project: Path,
        model: str | None = None,
        to: int | str | None = None,
        reason: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.project, self.model, self.to, self.reason = project, model, to, reason

    def execute(self, context: Context) -> dict[str, object]:
        """Roll back; return the ledger entry, and the address of the version's page."""
        from dataclasses import asdict

        from trimtab.registry import (
            project_problem_type,
            read_model_name,
            read_model_trust,
            require_own_model,
            roll_back,
        )
        from trimtab.registry.tracking import connection

        run, params = context["dag_run"], context["params"]
        to = params.get("to") if self.to is None else self.to
        with self.hook.tracking_server() as address:
            model = self.model or read_model_name(self.project)
            with connection() as client:
                require_own_model(client, model, self.project)
            entry = roll_back(
                model,
                to=None if to in (None, "", "None") else int(to),
                by=f"{run.triggering_user_name or 'unknown user'} in {self.dag_id}/{context['run_id']}",
                reason=params["reason"] if self.reason is None else self.reason,
                once=True,
                trusted=read_model_trust(self.project),
                problem=project_problem_type(self.project),
                root=Path(self.project),
            )
        self.log.info("%s", entry)
        url = version_url(address, entry.model, entry.champion) if entry.champion else ""
        return {**asdict(entry), "url": url}

    def alert(self, context: Context, *, failed: bool) -> Alert:
        """Describe the rollback, or the failure."""
        if failed:
            return task_failed_alert(context)
        return rollback_alert(context, context["ti"].xcom_pull(task_ids=self.task_id))
