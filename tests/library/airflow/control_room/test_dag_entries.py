"""What a DAG is about, from the serialized DAG."""

from __future__ import annotations

import pytest
from airflow.utils.session import create_session

from trimtab.airflow.control_room.dag_entries import ROLL_BACK, DagEntry, TaskEntry, models_of, read_entries
from trimtab.airflow.hooks.mlflow_hook import DEFAULT_CONNECTION


def entry(dag_id: str, **task) -> DagEntry:
    return DagEntry(dag_id=dag_id, tasks=(TaskEntry(task="t", type="X", **task),))


@pytest.mark.usefixtures("airflow_database")
def test_dags_of_a_project_are_known_by_the_code_of_the_dag(client, deployed):
    for _ in range(2):  # the second time from the cache
        with create_session() as session:
            entries = read_entries(session, {"training", "rollback", "other"})
        assert set(entries) == {"training", "rollback"}
        assert entries["training"].projects == entries["rollback"].projects == {"rides"}
        assert entries["rollback"].has(ROLL_BACK)
        assert models_of(entries, ["rides"]) == {"rides": DEFAULT_CONNECTION}
        order = [task.task for task in entries["training"].tasks]
        assert order.index("draw") < order.index("judge") < order.index("train")
    with create_session() as session:
        assert set(read_entries(session, {"rollback"})) == {"rollback"}, "only those that a user may see"


def test_models_of_other_projects_are_not_shown():
    entries = {
        "a": entry("a", project="one", models=("mine",), connection="own"),
        "b": entry("b", project="two", models=("theirs",)),
        "c": entry("c", models=("nobodys",)),
    }
    assert models_of(entries, ["one"]) == {"mine": "own"}
    assert models_of(entries, ["", "none"]) == {}
