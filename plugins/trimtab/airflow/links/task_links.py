"""The links on a task's page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from airflow.sdk import BaseOperator, BaseOperatorLink

from trimtab.airflow.airflow_compat import database_session
from trimtab.airflow.links.urls import base_url, report_url
from trimtab.airflow.operators.gate import GateOperator
from trimtab.airflow.operators.plan import PlanOperator
from trimtab.airflow.operators.stage import RecordOperator, StageOperator

if TYPE_CHECKING:
    from trimtab.airflow.airflow_compat import TaskInstanceKey


class ReportLink(BaseOperatorLink):
    """Links the task of a gate to its report; a skipped gate has the report that still holds."""

    name = "Report"
    operators = [GateOperator]  # noqa: RUF012  Airflow reads it from the instance

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the page of the report; the api-server calls this."""
        from trimtab.airflow.links.report_pages import stored_report

        key = (ti_key.dag_id, ti_key.run_id, ti_key.task_id)
        with database_session() as session:
            return report_url(*key) if stored_report(session, *key) else ""


class PlanLink(BaseOperatorLink):
    """Links the task of a stage to the plan that has the reason why it runs or is skipped."""

    name = "Plan"
    operators = [StageOperator, GateOperator, RecordOperator]  # noqa: RUF012  Airflow reads it from the instance

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the page of the plan's task; the api-server calls this, for a skipped task too."""
        plan = _nearest_plan(operator)
        if not plan:
            return ""
        return f"{base_url()}/dags/{quote(ti_key.dag_id)}/runs/{quote(ti_key.run_id)}/tasks/{quote(plan)}"


def _nearest_plan(operator: BaseOperator) -> str | None:
    """The plan of the operator's own pipeline: the nearest upstream, if the DAG has several pipelines."""
    seen, pending = set(), [operator]
    while pending:
        for above in pending.pop(0).get_direct_relatives(upstream=True):
            if above.task_type == PlanOperator.__name__:
                return str(above.task_id)
            if above.task_id not in seen:
                seen.add(above.task_id)
                pending.append(above)
    return None
