"""The stages of a long pipeline in task groups."""

from __future__ import annotations

import pytest
from airflow.sdk import DAG, BaseOperator

from tests.library.airflow.dag.rendered import edges, with_stages
from trimtab.airflow import DvcDag, DvcTaskGroup


def items(number: int, name: str = "each") -> dict[str, object]:
    return {
        name: {
            "foreach": [f"i{place}" for place in range(number)],
            "do": {"cmd": f"echo ${{item}} > {name}-${{item}}.txt", "outs": [f"{name}-${{item}}.txt"]},
        }
    }


@pytest.fixture
def long(project):
    last = {"all": {"cmd": "cat each-i0.txt > all.txt", "deps": ["each-i0.txt"], "outs": ["all.txt"]}}
    return with_stages(project, items(22) | items(2, "few") | last).root


def test_items_of_a_stage_are_a_group_and_keep_their_task_ids(long):
    dag = DvcDag("d", project=long)

    (group,) = [group for group in dag.task_group_dict.values() if group.group_id]
    assert (group.group_id, group.group_display_name) == ("each-stages", "each")
    assert set(group.children) == {f"each.i{place}" for place in range(22)}
    assert {"few.i0", "all", "plan", "record"} <= set(dag.task_dict)
    assert ("each.i0", "all") in edges(dag)
    assert {task.task_group.group_id for task in dag.tasks} == {None, "each-stages"}


def test_short_pipeline_has_no_groups(project):
    dag = DvcDag("d", project=with_stages(project, items(20)).root)
    assert set(dag.task_group_dict) <= {None}


def test_group_inside_a_task_group_leaves_the_ids_of_its_tasks_as_they_are(long):
    with DAG("d") as dag:
        before = BaseOperator(task_id="each-stages")  # a task may have the name of a group elsewhere
        pipeline = DvcTaskGroup("pipe", project=long)
        after = BaseOperator(task_id="after")
        before >> pipeline >> after

    assert dag.get_task("pipe.each.i3").task_group.group_id == "pipe.each-stages"
    assert ("each-stages", "pipe.plan") in edges(dag)
    assert ("pipe.record", "after") in edges(dag)
    assert ("pipe.plan", "pipe.each.i3") in edges(dag)


def test_dag_with_groups_is_the_same_after_airflow_has_stored_it(long):
    from airflow.serialization.serialized_objects import DagSerialization

    stored = DagSerialization.from_dict(DagSerialization.to_dict(DvcDag("d", project=long)))

    assert stored.task_group.get_task_group_dict()["each-stages"].group_display_name == "each"
    assert len(stored.task_dict) == 27
