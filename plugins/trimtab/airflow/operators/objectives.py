"""The operator that measures the objectives of the live model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import slo_alert, task_failed_alert
from trimtab.airflow.operators.mlflow_operator import MlflowOperator
from trimtab.airflow.xcom_payloads import CheckedObjectives

if TYPE_CHECKING:
    from trimtab.slo import SloReport


class CheckObjectivesOperator(MlflowOperator):
    """Measures the objectives of the live model, and sends an alert if an error budget burns or is spent.

    | outcome | state |
    |---|---|
    | measured, whatever the result | success; a burning or spent budget sends an alert |
    | ``params.yaml`` declares no objective | skipped |
    | MLflow does not answer, or the ledger is broken | up for retry, then failed |

    Args:
        project: The project's root.
        model: The registered model; that of the project if not given. A template.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    template_fields = ("model", *MlflowOperator.template_fields)
    ui_color = "#dfe7f1"

    def __init__(self, *, project: Path, model: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.model = project, model

    def execute(self, context: Context) -> CheckedObjectives:
        """Measure; return what burns and what is spent."""
        from trimtab.registry import read_model_name
        from trimtab.slo import read_slo, record_slo
        from trimtab.slo_policy import read_slo_policy

        policy = read_slo_policy(Path(self.project))
        if policy is None:
            raise AirflowSkipException("params.yaml declares no objective: it has no section `slo`")
        model = self.model or read_model_name(self.project)
        with self.hook.tracking_server():
            report = read_slo(model, policy, datetime.now(UTC))
        record_slo(report)
        for state in report.objectives:
            self.log.info("%s: %s", state.title, state.sentence)
        return _payload(report)

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe budgets that burn or are spent; None if all is well."""
        if failed:
            return task_failed_alert(context)
        return slo_alert(context, context["ti"].xcom_pull(task_ids=self.task_id))


def _payload(report: SloReport) -> CheckedObjectives:
    urgent = [state for state in report.objectives if state.spent or state.firing]
    return {
        "model": report.model,
        "health": report.health,
        "frozen": report.frozen,
        "burning": [
            f"{state.title}: {burn.name} burn, {burn.long_rate:.3g} times too fast over {burn.long}. "
            f"{state.sentence}"
            for state in urgent
            for burn in state.firing[:1]
        ],
        "faults": [f"{fault.at[:16]}: {fault.why}" for state in urgent for fault in state.faults],
    }
