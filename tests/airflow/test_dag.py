"""A DVC project rendered as a DAG."""

from __future__ import annotations

from datetime import timedelta

import pytest

from trimtab.airflow import DvcDag, RegisterOperator
from trimtab.airflow.dag import form, task_id
from trimtab.errors import ProjectError

STAGES = ["draw", "clean", "count", "judge"]


def edges(dag):
    return {(task.task_id, follower) for task in dag.tasks for follower in task.downstream_task_ids}


def test_stages_and_edges_are_those_of_dvc_yaml(project):
    dag = DvcDag("d", project=project().root)
    assert {task.task_id for task in dag.tasks} == {"plan", *STAGES, "record"}
    assert edges(dag) == {
        ("plan", "draw"),
        ("draw", "clean"),
        ("clean", "count"),
        ("count", "judge"),
        ("judge", "record"),
    }


def test_a_new_stage_is_a_new_task(project):
    checkout = project()
    stage = "  hello:\n    cmd: echo hello > hello\n    outs: [hello]\n"
    checkout.edit("dvc.yaml", "stages:\n", f"stages:\n{stage}")
    dag = DvcDag("d", project=checkout.root)
    assert ("plan", "hello") in edges(dag)
    assert ("hello", "record") in edges(dag)


def test_targets_bring_all_they_need_and_nothing_else(project):
    dag = DvcDag("d", project=project().root, targets=["count"])
    assert {task.task_id for task in dag.tasks} == {"plan", "draw", "clean", "count", "record"}


def test_an_unknown_target_is_refused_with_the_known_ones(project):
    with pytest.raises(ProjectError, match=r"'trian'.*\n.*\n.*draw, clean, count, judge"):
        DvcDag("d", project=project().root, targets=["trian"])


def test_dvc_refusing_the_project_is_an_import_error_with_its_reason(project):
    checkout = project()
    checkout.edit("dvc.yaml", "params: [draw.rows]", "params: [draw.rows]\n    deps: [report]")
    with pytest.raises(ProjectError, match="both a dependency and an output"):
        DvcDag("d", project=checkout.root)


def test_the_dag_takes_what_airflow_gives_dags(project):
    dag = DvcDag(
        "d",
        project=project().root,
        tags=["x"],
        dagrun_timeout=timedelta(hours=1),
        default_args={"retries": 4},
        params={"reason": "manual"},
    )
    assert dag.tags == {"x"}
    assert dag.get_task("clean").retries == 4
    assert {"reason", "draw.rows"} <= set(dag.params)


def test_the_form_is_typed_by_params_yaml_and_empty_by_default(project):
    fields = form(project().root)
    assert {key: field.schema["type"] for key, field in fields.items()} == {
        "draw.rows": ["null", "integer"],
        "draw.word": ["null", "string"],
        "judge.limit": ["null", "number"],
    }
    assert all(field.value is None for field in fields.values())
    assert "3" in fields["draw.rows"].description


def test_a_task_tells_its_stage_and_the_command_for_a_laptop(project):
    task = DvcDag("d", project=project().root).get_task("draw")
    assert "Draw the rows." in task.doc_md
    assert "dvc repro draw" in task.doc_md


def test_a_gate_is_seen_as_one(project):
    dag = DvcDag("d", project=project().root)
    assert dag.get_task("judge").gate == "model"
    assert dag.get_task("judge").ui_color != dag.get_task("clean").ui_color


def test_stages_run_on_skipped_upstream_and_registration_does_not(project):
    """What follows an unchanged stage runs; what follows a failed one, or registers, waits for success."""
    checkout = project()
    with DvcDag("d", project=checkout.root) as dag:
        dag.record >> RegisterOperator(task_id="register", project=checkout.root, reason="test")
    assert dag.get_task("clean").trigger_rule == "none_failed"
    assert dag.get_task("register").trigger_rule == "all_success"


@pytest.mark.parametrize(
    ("stage", "task"),
    [("train", "train"), ("features@a", "features__a"), ("sub/dvc.yaml:train", "sub__dvc.yaml__train")],
)
def test_a_stage_name_airflow_does_not_take_is_still_readable(stage, task):
    assert task_id(stage) == task
