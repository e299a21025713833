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

from tests.library.airflow.dag.rendered import edges, with_stages
from trimtab.airflow import DvcDag, DvcTaskGroup
from trimtab.errors import ProjectError


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


def test_parsing_imports_nothing_heavy(project):
    code = (
        f"from trimtab.airflow import DvcDag; DvcDag('d', project={str(project().root)!r}); import sys;"
        "heavy = ('dvc', 'mlflow', 'pandas', 'git', 'great_expectations', 'kubernetes');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
