"""The rendering of a project's stages as tasks."""

from __future__ import annotations

import pytest
from airflow.sdk import Param

from tests.library.airflow.dag.rendered import edges, with_stages
from trimtab.airflow import DvcDag, GateOperator, RegisterOperator, dvc_asset
from trimtab.errors import ConfigError, ProjectError


def test_stages_and_edges_are_those_of_dvc_yaml(project):
    dag = DvcDag("d", project=project().root)
    assert {task.task_id for task in dag.tasks} == {"plan", "draw", "clean", "count", "judge", "record"}
    assert edges(dag) == {
        ("plan", "draw"),
        ("draw", "clean"),
        ("clean", "count"),
        ("count", "judge"),
        ("judge", "record"),
    }


def test_new_stage_is_a_new_task(project):
    checkout = project()
    stage = "  hello:\n    cmd: echo hello > hello\n    outs: [hello]\n"
    checkout.edit("dvc.yaml", "stages:\n", f"stages:\n{stage}")
    dag = DvcDag("d", project=checkout.root)
    assert ("plan", "hello") in edges(dag)
    assert ("hello", "record") in edges(dag)


def test_task_doc_has_the_description_and_the_command_for_a_laptop(project):
    task = DvcDag("d", project=project().root).get_task("draw")
    assert "Draw the rows." in task.doc_md
    assert "dvc repro draw" in task.doc_md


def test_gate_has_an_operator_name_and_a_colour_of_its_own(project):
    dag = DvcDag("d", project=project().root)
    judge = dag.get_task("judge")
    assert isinstance(judge, GateOperator)
    assert judge.gate == "model"
    assert judge.operator_name == "Model gate", "what Airflow's UI shows"
    assert judge.ui_color != dag.get_task("clean").ui_color


def test_stage_runs_behind_a_skipped_stage_and_registration_does_not(project):
    """What follows an unchanged stage runs; what follows a failed one, or registers, waits for success."""
    checkout = project()
    with DvcDag("d", project=checkout.root) as dag:
        dag.record >> RegisterOperator(task_id="register", project=checkout.root, reason="test")
    assert dag.get_task("clean").trigger_rule == "none_failed"
    assert dag.get_task("register").trigger_rule == "all_success"


def test_stage_name_that_is_no_task_id_is_the_display_name(project):
    checkout = with_stages(
        project,
        {
            "each": {
                "foreach": ["a", "b"],
                "do": {"cmd": "echo ${item} > ${item}.txt", "outs": ["${item}.txt"]},
            },
            "plan": {"cmd": "cat a.txt b.txt > plan.txt", "deps": ["a.txt", "b.txt"], "outs": ["plan.txt"]},
        },
    )
    dag = DvcDag("d", project=checkout.root)
    ids = {task.task_display_name: task.task_id for task in dag.tasks}
    assert set(ids) == {"plan", "each@a", "each@b", "record"}
    assert dag.stages["each@a"].task_id == "each.a"
    assert dag.stages["plan"].task_display_name == "plan"
    assert dag.stages["plan"] is not dag.plan
    assert ("each.a", dag.stages["plan"].task_id) in edges(dag)


def test_frozen_stage_has_no_upstream_stage(project):
    checkout = with_stages(
        project,
        {
            "one": {"cmd": "echo 1 > one", "outs": ["one"]},
            "two": {"cmd": "cp one two", "deps": ["one"], "outs": ["two"], "frozen": True},
        },
    )
    dag = DvcDag("d", project=checkout.root)
    assert edges(dag) == {("plan", "one"), ("plan", "two"), ("one", "record"), ("two", "record")}


def test_project_without_stages_has_a_plan_and_a_record(project):
    checkout = with_stages(project, {})
    assert edges(DvcDag("d", project=checkout.root)) == {("plan", "record")}


def test_meta_airflow_sets_the_arguments_of_the_task(project):
    checkout = project()
    checkout.edit("dvc.yaml", "meta: {", "meta: {airflow: {retries: 5, pool: gpu, trigger_rule: all_done}, ")
    dag = DvcDag("d", project=checkout.root, default_args={"retries": 1})
    judge = dag.get_task("judge")
    assert (judge.retries, judge.pool, judge.trigger_rule) == (5, "gpu", "all_done")
    assert dag.get_task("count").retries == 1


def test_meta_airflow_with_an_unknown_key_is_an_import_error(project):
    checkout = project()
    checkout.edit("dvc.yaml", "meta: {", "meta: {airflow: {retris: 5}, ")
    with pytest.raises(ConfigError, match=r"'retris'; did you mean 'retries'.*\n.*dvc.yaml, stage 'judge'"):
        DvcDag("d", project=checkout.root)


def test_every_output_is_an_asset_of_its_stage(project):
    checkout = project(folder="flights")
    dag = DvcDag("d", project=checkout.root)
    assert dag.get_task("judge").outlets == [dvc_asset("flights", "report")]
    assert dag.get_task("count").outlets == [dvc_asset(checkout.root, "metrics.json")]
    other = DvcDag("e", project=checkout.root, asset_prefix="prod")
    assert other.get_task("judge").outlets == [dvc_asset("prod", "report")]


def test_param_of_the_user_replaces_the_field_of_the_same_name(project):
    dag = DvcDag("d", project=project().root, params={"draw.rows": Param(5, type="integer", minimum=1)})
    assert dag.params.get_param("draw.rows").schema["minimum"] == 1
    assert "draw.rows" in dag.plan.form.keys


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"cmd": "trimtab gate data --data x"}, "runs a data gate but does not declare it"),
        ({"cmd": "echo", "meta": {"trimtab": {"gate": "modle"}}}, "'modle'; did you mean 'model'"),
    ],
)
def test_gate_that_is_not_declared_is_an_import_error(project, stage, message):
    root = with_stages(project, {"judge": stage}).root
    with pytest.raises(ProjectError, match=message):
        DvcDag("d", project=root)
