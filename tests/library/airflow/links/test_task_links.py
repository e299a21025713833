"""The links on a task's page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from airflow.sdk import DAG, BaseOperator

from tests.library.airflow.links.conftest import deploy, keep
from trimtab.airflow import DvcDag, DvcTaskGroup
from trimtab.airflow.links.task_links import (
    LINKS,
    ControlRoomLink,
    LedgerLink,
    MlflowLink,
    PlanLink,
    ReasonLink,
    ReportLink,
    ResultReportLink,
)
from trimtab.airflow.operators.gate import report_location

pytestmark = pytest.mark.usefixtures("airflow_database")

OUTS = [{"path": "report", "hash": "md5", "md5": "0" * 32 + ".dir"}]


@pytest.fixture(autouse=True)
def base(monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://airflow")


def key(task: str, *, dag: str = "d", run: str = "r") -> SimpleNamespace:
    return SimpleNamespace(dag_id=dag, run_id=run, task_id=task)


def test_plan_link_of_a_stage_far_downstream_leads_to_the_plan(project):
    dag = DvcDag("d", project=project().root)
    for task in ("draw", "judge", "record"):
        assert (
            PlanLink().get_link(dag.get_task(task), ti_key=key(task))
            == "http://airflow/dags/d/runs/r/tasks/plan"
        )


def test_plan_link_leads_to_the_plan_of_the_own_pipeline_where_a_dag_has_two(project):
    with DAG("d") as dag:
        left, right = (DvcTaskGroup(name, project=project(folder=name).root) for name in ("left", "right"))
        left >> right
    address = PlanLink().get_link(dag.get_task("right.judge"), ti_key=key("right.judge"))
    assert address == "http://airflow/dags/d/runs/r/tasks/right.plan"


def test_plan_link_of_a_task_without_a_plan_is_empty():
    with DAG("d"):
        alone = BaseOperator(task_id="alone")
    assert PlanLink().get_link(alone, ti_key=key("alone")) == ""


def test_report_link_is_empty_until_the_gate_has_a_report(project):
    root = project().root
    dag = DvcDag("linked", project=root)
    deploy(dag, root)
    gate = key("judge", dag="linked", run=f"r-{root.parent.name}")
    assert ReportLink().get_link(dag.get_task("judge"), ti_key=gate) == ""

    path = keep("linked", root, report_location(OUTS))

    assert ReportLink().get_link(dag.get_task("judge"), ti_key=gate) == f"http://airflow/trimtab{path}"


def test_report_link_of_a_malformed_xcom_is_empty(project):
    root = project().root
    dag = DvcDag("broken", project=root)
    deploy(dag, root)
    keep("broken", root, {"outs": "javascript:alert(1)"})
    gate = key("judge", dag="broken", run=f"r-{root.parent.name}")
    assert ReportLink().get_link(dag.get_task("judge"), ti_key=gate) == ""


def test_reason_link_leads_to_the_stage_in_the_page_of_the_run(project):
    dag = DvcDag("d", project=project().root)
    address = ReasonLink().get_link(
        dag.get_task("draw"), ti_key=key("draw", run="scheduled__2013-01-01T00:00")
    )
    assert address == ("http://airflow/trimtab/control-room/dags/d/runs/scheduled__2013-01-01T00%3A00#draw")


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("http://mlflow:5000/#/models/m/versions/3", True),
        ("http://mlflow:5000.evil/#/models", False),
        ("http://evil/#/models", False),
        ("javascript:alert(1)", False),
        ({"page": "http://mlflow:5000/"}, False),
        (None, False),
    ],
)
def test_link_into_mlflow_is_one_of_the_server_that_the_host_knows(monkeypatch, kept, shown):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://user:secret@mlflow:5000/")
    monkeypatch.setattr("trimtab.airflow.links.task_links.stored_xcom", lambda *_: kept)
    for link in (ResultReportLink(), MlflowLink()):
        assert link.get_link(None, ti_key=key("compare")) == (kept if shown else "")


def test_link_into_mlflow_needs_an_address_of_a_server_where_the_host_knows_none(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    for kept, shown in (("https://mlflow/#/models", "https://mlflow/#/models"), ("file:///etc/passwd", "")):
        monkeypatch.setattr("trimtab.airflow.links.task_links.stored_xcom", lambda *_, kept=kept: kept)
        assert MlflowLink().get_link(None, ti_key=key("register")) == shown


def test_promotion_leads_to_the_ledger_and_verification_to_the_control_room():
    assert LedgerLink().get_link(None, ti_key=key("promote")).endswith("/control-room/dags/d/ledger")
    assert ControlRoomLink().get_link(None, ti_key=key("verify")).endswith("/control-room/dags/d")


def test_every_task_with_a_result_has_a_button():
    named = {operator.__name__: set() for link in LINKS for operator in link.operators}
    for link in LINKS:
        for operator in link.operators:
            assert link.name not in named[operator.__name__], "the second one would hide the first"
            named[operator.__name__].add(link.name)
    assert named["CompareOperator"] == {"Report"}
    assert named["MeasureDriftOperator"] == {"Report", "Control room"}
    assert {"RegisterOperator", "PromoteOperator", "ScoreOperator", "VerifyOperator"} <= set(named)
