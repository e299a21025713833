"""What waits for a person in Airflow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from sqlalchemy import select, update

from trimtab.airflow.control_room.dag_entries import read_entries
from trimtab.airflow.control_room.waiting import run_page, waiting_items

pytestmark = pytest.mark.usefixtures("airflow_database")
DEADLINE = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)


def items(dag_ids) -> list:
    with create_session() as session:
        return list(waiting_items(session, read_entries(session, dag_ids), "/airflow"))


def test_question_waits_with_its_deadline_until_it_is_answered(client, deployed):
    run = f"r-{deployed.parent.name}"
    with create_session() as session:
        task = session.scalar(select(TaskInstance).filter_by(dag_id="training", run_id=run, task_id="train"))
        session.execute(
            update(TaskInstance)
            .where(TaskInstance.id == task.id)
            .values(state="awaiting_input", trigger_timeout=DEADLINE)
        )
        question = HITLDetail(
            ti_id=task.id, options=["Approve"], subject="Promote rides version 2?", params={}
        )
        session.add(question)
    (found,) = items({"training", "rollback"})
    assert (found.kind, found.subject) == ("approval", "Promote rides version 2?")
    assert found.due == "2030-01-02T03:04:00+00:00"
    assert found.href == f"/airflow/dags/training/runs/{run}/tasks/train/required_actions"
    assert items({"rollback"}) == [], "a question of a DAG that the user may not see"

    with create_session() as session:
        session.execute(update(HITLDetail).values(responded_at=DEADLINE))
    assert items({"training"}) == []


def test_dag_whose_last_run_failed_names_the_failed_task(client, deployed):
    run = f"r-{deployed.parent.name}"
    with create_session() as session:
        session.execute(update(DagRun).where(DagRun.run_id == run).values(state="failed"))
        session.execute(
            update(TaskInstance)
            .where(TaskInstance.run_id == run, TaskInstance.task_id == "judge")
            .values(state="failed")
        )
    (found,) = items({"training"})
    assert found.kind == "run"
    assert "failed at `judge`" in found.sentence
    assert found.href.endswith(f"{run}/tasks/judge")


def test_page_of_a_hostile_run_is_quoted():
    assert run_page("/airflow", "a/b", "r?x=1", "t#") == "/airflow/dags/a%2Fb/runs/r%3Fx%3D1/tasks/t%23"
