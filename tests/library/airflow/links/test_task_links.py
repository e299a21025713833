"""The links on a task's page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from airflow.sdk import DAG, BaseOperator

from tests.library.airflow.links.conftest import deploy, keep
from trimtab.airflow import DvcDag, DvcTaskGroup
from trimtab.airflow.links.task_links import PlanLink, ReportLink
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
