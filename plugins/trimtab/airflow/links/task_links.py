"""The links on a task's page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from airflow.sdk import BaseOperator, BaseOperatorLink

from trimtab.airflow.airflow_compat import database_session, stored_xcom
from trimtab.airflow.hooks.mlflow_hook import URI
from trimtab.airflow.links.urls import base_url, report_url, room_url
from trimtab.airflow.operators.gate import GateOperator
from trimtab.airflow.operators.mlflow_operator import MLFLOW_PAGE
from trimtab.airflow.operators.plan import PlanOperator
from trimtab.airflow.operators.stage import RecordOperator, StageOperator
from trimtab.escaping import without_credentials

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
        plan = nearest_plan(operator)
        if not plan:
            return ""
        return f"{base_url()}/dags/{quote(ti_key.dag_id)}/runs/{quote(ti_key.run_id)}/tasks/{quote(plan)}"


class ReasonLink(BaseOperatorLink):
    """Links the task of a stage to the reason why it ran, was skipped or failed, in the control room.

    A worker cannot write the note of a task: Airflow's Execution API has no route for it, and the REST API
    needs the credentials of a user.
    """

    name = "Why"
    operators = [StageOperator, GateOperator]  # noqa: RUF012  Airflow reads it from the instance

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the place of the stage in the page of the run; the api-server calls this."""
        return f"{room_url(ti_key.dag_id, ti_key.run_id)}#{quote(ti_key.task_id)}"


class ResultReportLink(BaseOperatorLink):
    """Links a comparison and a drift check to its report in MLflow."""

    name = "Report"

    @property
    def operators(self) -> list[type[BaseOperator]]:
        """The operators; the api-server asks, and a task does not pay for the imports."""
        from trimtab.airflow.operators.comparison import CompareOperator
        from trimtab.airflow.operators.drift import MeasureDriftOperator

        return [CompareOperator, MeasureDriftOperator]

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the page of the report; the api-server calls this."""
        return _mlflow_page(ti_key)


class MlflowLink(BaseOperatorLink):
    """Links a registration to the model version, and scores to their run."""

    name = "MLflow"

    @property
    def operators(self) -> list[type[BaseOperator]]:
        """The operators; the api-server asks, and a task does not pay for the imports."""
        from trimtab.airflow.operators.registration import RegisterOperator
        from trimtab.airflow.operators.scoring import ScoreOperator, ShadowOperator

        return [RegisterOperator, ScoreOperator, ShadowOperator]

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the page in MLflow; the api-server calls this."""
        return _mlflow_page(ti_key)


class LedgerLink(BaseOperatorLink):
    """Links a promotion and a rollback to the history of champions in the control room."""

    name = "Ledger"

    @property
    def operators(self) -> list[type[BaseOperator]]:
        """The operators; the api-server asks, and a task does not pay for the imports."""
        from trimtab.airflow.operators.promotion import PromoteOperator
        from trimtab.airflow.operators.rollback import RollBackOperator

        return [PromoteOperator, RollBackOperator]

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the page; the api-server calls this."""
        return room_url(ti_key.dag_id, page="/ledger")


class ControlRoomLink(BaseOperatorLink):
    """Links a verification and a drift check to what is live, and what waits for a person."""

    name = "Control room"

    @property
    def operators(self) -> list[type[BaseOperator]]:
        """The operators; the api-server asks, and a task does not pay for the imports."""
        from trimtab.airflow.operators.drift import MeasureDriftOperator
        from trimtab.airflow.operators.verify import VerifyOperator

        return [VerifyOperator, MeasureDriftOperator]

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the page; the api-server calls this."""
        return room_url(ti_key.dag_id)


def _mlflow_page(ti_key: TaskInstanceKey) -> str:
    """Return the page that a task has kept; nothing if it is none of the server that this host knows.

    Anybody may have written the XCom who may write XComs.
    """
    with database_session() as session:
        page = stored_xcom(session, ti_key.dag_id, ti_key.run_id, ti_key.task_id, MLFLOW_PAGE)
    if not isinstance(page, str) or not page.startswith(("http://", "https://")):
        return ""
    server = without_credentials(os.environ.get(URI, "").strip()).rstrip("/")
    return page if page.startswith(f"{server}/") or not server.startswith("http") else ""


def nearest_plan(operator: BaseOperator) -> str | None:
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


LINKS: tuple[BaseOperatorLink, ...] = (
    PlanLink(),
    ReasonLink(),
    ReportLink(),
    ResultReportLink(),
    MlflowLink(),
    LedgerLink(),
    ControlRoomLink(),
)
