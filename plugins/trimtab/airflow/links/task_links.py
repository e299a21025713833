"""Buttons on a task's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from airflow.sdk import BaseOperatorLink

from trimtab.airflow.notifications.alert import base_url, report_url
from trimtab.airflow.operators.gate import GateOperator
from trimtab.airflow.operators.plan import PlanOperator
from trimtab.airflow.operators.stage import RecordOperator, StageOperator


class ReportLink(BaseOperatorLink):
    """Leads from a gate's task to its report, if it has one; a skipped gate has that which still holds."""

    name = "Report"
    operators = [GateOperator]  # noqa: RUF012  Airflow reads it from the instance

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return where the api-server, which asks, serves the report."""
        from airflow.utils.session import create_session

        from trimtab.airflow.links.report_pages import kept_report

        place = (ti_key.dag_id, ti_key.run_id, ti_key.task_id)
        with create_session() as session:
            return report_url(*place) if kept_report(session, *place) else ""


class PlanLink(BaseOperatorLink):
    """Leads from a stage to the plan that let it run, or skipped it, and says why."""

    name = "Plan"
    operators = [StageOperator, GateOperator, RecordOperator]  # noqa: RUF012  Airflow reads it from the instance

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the page of the plan's task; asked in the api-server, so for a skipped task too."""
        plan = _nearest_plan(operator)
        if not plan:
            return ""
        return f"{base_url()}/dags/{quote(ti_key.dag_id)}/runs/{quote(ti_key.run_id)}/tasks/{quote(plan)}"


def _nearest_plan(operator: Any) -> str | None:
    """Several pipelines may be in one DAG, one after the other: the plan of this one is met first."""
    seen, pending = set(), [operator]
    while pending:
        for above in pending.pop(0).get_direct_relatives(upstream=True):
            if above.task_type == PlanOperator.__name__:
                return str(above.task_id)
            if above.task_id not in seen:
                seen.add(above.task_id)
                pending.append(above)
    return None
