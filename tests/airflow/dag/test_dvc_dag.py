"""A DVC project rendered as a DAG, or as a task group of one."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import DuplicateTaskIdFound
from airflow.serialization.serialized_objects import DagSerialization

from trimtab.airflow import DvcDag, DvcTaskGroup, GateOperator, RegisterOperator, StageOperator, dvc_asset
from trimtab.errors import ConfigError, ProjectError

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


def test_new_stage_is_a_new_task(project):
    checkout = project()
    stage = "  hello:\n    cmd: echo hello > hello\n    outs: [hello]\n"
    checkout.edit("dvc.yaml", "stages:\n", f"stages:\n{stage}")
    dag = DvcDag("d", project=checkout.root)
    assert ("plan", "hello") in edges(dag)
    assert ("hello", "record") in edges(dag)


def test_dag_with_targets_has_them_and_their_upstream_stages_only(project):
    dag = DvcDag("d", project=project().root, targets=["count"])
    assert {task.task_id for task in dag.tasks} == {"plan", "draw", "clean", "count", "record"}


def test_unknown_target_is_refused_with_the_known_ones(project):
    with pytest.raises(ProjectError, match=r"'trian'.*\n.*\n.*draw, clean, count, judge"):
        DvcDag("d", project=project().root, targets=["trian"])


def test_project_that_dvc_refuses_is_an_import_error_with_the_reason(project):
    checkout = project()
    checkout.edit("dvc.yaml", "params: [draw.rows]", "params: [draw.rows]\n    deps: [report]")
    with pytest.raises(ProjectError, match="both a dependency and an output"):
        DvcDag("d", project=checkout.root)


def test_dag_takes_the_arguments_of_airflows_dag(project):
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


def with_stages(project, stages, **files):
    """A project with these stages in its ``dvc.yaml``."""
    return project({"dvc.yaml": json.dumps({"stages": stages}), **files})


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


def test_own_tasks_are_upstream_of_plan_and_downstream_of_record(project):
    with DvcDag("d", project=project().root) as dag:
        before, after = EmptyOperator(task_id="before"), EmptyOperator(task_id="after")
        before >> dag.plan
        dag.record >> after
    assert {("before", "plan"), ("record", "after")} < edges(dag)


def test_dag_has_task_groups_of_several_projects(project):
    one = project(folder="one")
    two = with_stages(
        lambda files: project(files, folder="two"), {"plan": {"cmd": "echo 1 > x", "outs": ["x"]}}
    )
    with DAG("d", params={"mine": 1}) as dag:
        before = EmptyOperator(task_id="before")
        left = DvcTaskGroup("left", project=one.root, targets=["clean"])
        right = DvcTaskGroup("right", project=two.root)
        before >> left >> right >> EmptyOperator(task_id="after")
    own = right.stages["plan"].task_id
    assert own.startswith("right.plan__")
    assert edges(dag) == {
        ("before", "left.plan"),
        ("left.plan", "left.draw"),
        ("left.draw", "left.clean"),
        ("left.clean", "left.record"),
        ("left.record", "right.plan"),
        ("right.plan", own),
        (own, "right.record"),
        ("right.record", "after"),
    }
    assert left.stages["clean"].upstream == {"draw": "left.draw"}
    assert left.record.plan == "left.plan"
    assert {"mine", "left.draw.rows", "left.force", "right.force"} < set(dag.params)


def test_task_ids_of_a_nested_group_have_both_prefixes(project):
    with DAG("d") as dag:
        from airflow.sdk import TaskGroup

        with TaskGroup("outer"):
            inner = DvcTaskGroup("inner", project=project().root, tooltip="a project")
    assert inner.plan.task_id == "outer.inner.plan"
    assert inner.stages["clean"].upstream == {"draw": "outer.inner.draw"}
    assert "outer.inner.draw.rows" in dag.params


def test_task_named_like_a_stage_is_airflows_own_error(project):
    with pytest.raises(DuplicateTaskIdFound), DvcDag("d", project=project().root):
        EmptyOperator(task_id="clean")


def test_param_of_the_user_replaces_the_field_of_the_same_name(project):
    dag = DvcDag("d", project=project().root, params={"draw.rows": Param(5, type="integer", minimum=1)})
    assert dag.params.get_param("draw.rows").schema["minimum"] == 1
    assert "draw.rows" in dag.plan.form.keys


def test_scheduled_dag_with_a_param_without_default_is_refused(project):
    with pytest.raises(ValueError, match="not allowed to define a Schedule"):
        DvcDag("d", project=project().root, schedule="@daily", params={"must": Param(type="string")})


def test_serialized_dag_holds_no_graph(project):
    dag = DvcDag("d", project=project().root)
    kept = json.dumps(DagSerialization.to_dict(dag), default=str)
    assert "deps" not in kept
    assert kept.count("mkdir -p data") == 1, "in the task's doc alone"


def test_import_error_has_the_reason_and_no_stack_trace_of_ours(project, tmp_path):
    checkout = project()
    checkout.edit("dvc.yaml", "params: [draw.rows]", "params: [draw.rows]\n    deps: [report]")
    file = tmp_path / "dags" / "broken.py"
    file.parent.mkdir()
    file.write_text(f"import airflow, trimtab.airflow as t\nt.DvcDag('d', project={str(checkout.root)!r})")
    (message,) = DagBag(str(file), bundle_name="b", bundle_path=file.parent).import_errors.values()
    assert "both a dependency and an output" in message
    assert "where:" in message
    assert message.count("File ") == 2, "the line of the DAG file, and where it was noticed"
    assert "direct cause" not in message


def test_cloned_task_equals_a_constructed_one(project):
    """One task is constructed, the others copy it: nothing may be shared, nothing may be missing."""
    options = {"default_args": {"retries": 2, "owner": "me"}}
    rendered = DvcDag("d", project=project().root, **options)
    first, copied = rendered.stages["draw"], rendered.stages["clean"]
    with DAG("d", **options):
        arguments = (
            "project",
            "graph",
            "stage",
            "plan",
            "upstream",
            "assets",
            "trigger_rule",
            "doc_md",
        )
        made = StageOperator(
            task_id="clean",
            task_display_name="clean",
            **{name: getattr(copied, name) for name in arguments},
        )
    of_the_dag = {
        "_dag",
        "task_group",
        "upstream_task_ids",
        "downstream_task_ids",
        "_BaseOperator__init_kwargs",
    }
    assert vars(copied).keys() == vars(made).keys()
    for name in vars(made).keys() - of_the_dag - {"params"}:
        assert getattr(copied, name) == getattr(made, name), name
    assert copied.params.dump() == made.params.dump()
    for name, value in vars(copied).items():
        if isinstance(value, list | set | dict):
            assert value is not vars(first)[name], name


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


def test_parsing_imports_nothing_heavy(project):
    code = (
        f"from trimtab.airflow import DvcDag; DvcDag('d', project={str(project().root)!r}); import sys;"
        "print([m for m in ('dvc', 'mlflow', 'pandas', 'git', 'great_expectations') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
