"""References between operators: a task, its output or a task id, in plain DAGs and in task groups."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from trimtab.params_file import load_yaml
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.record.record import record_run

WINDOWS = "made/windows"
RUN = SimpleNamespace(triggering_user_name=None)  # a schedule's


@pytest.fixture
def tasks(checkout, template):
    """The tasks of a DAG in which two pipelines are groups; Airflow reads its home when first imported."""
    os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))
    from airflow.sdk import DAG, TaskGroup

    from trimtab import airflow as trimtab

    root = checkout.root
    folder = root / WINDOWS
    folder.mkdir()
    (folder / "2013-05.parquet").write_bytes(checkout.test.read_bytes())
    params = load_yaml(root / "params.yaml")["drift"] | {"max_age": 1}
    text = (root / "params.yaml").read_text().splitlines()
    kept = [line for line in text if not line.startswith("drift:")]
    (root / "params.yaml").write_text("\n".join([*kept, f"drift: {params}", "score: {keys: []}", ""]))
    with DAG("plain") as dag:
        other = trimtab.DvcTaskGroup("other", project=template.root)
        pipeline = trimtab.DvcTaskGroup("pipeline", project=root)
        measure = trimtab.MeasureDriftOperator(
            task_id="measure", project=root, windows=WINDOWS, training="training"
        )
        retrain = trimtab.RetrainOperator(task_id="retrain", measured_by="measure", trigger_dag_id="training")
        with TaskGroup("registry"):
            register = trimtab.RegisterOperator(
                task_id="register", project=root, reason="manual", record=pipeline.record
            )
            compare = trimtab.CompareOperator(task_id="compare", project=root, registered_by="register")
            decided_on = {"registered_by": "register", "compared_by": "registry.compare"}
            approve = trimtab.ApproveOperator(task_id="approve", **decided_on)
            promote = trimtab.PromoteOperator(
                task_id="promote", project=root, approved_by="approve", **decided_on
            )
            score = trimtab.ScoreOperator(task_id="score", project=root, windows=WINDOWS)
        [other, pipeline] >> register >> compare >> approve >> promote >> score >> measure >> retrain
    return dag.task_dict


@pytest.fixture
def execute(checkout, tasks):
    """Execute a task of a recorded run; what it reads has to be there, under its full id."""
    root = checkout.root
    revision, graph = pin_revision(root), Project(root).graph()
    record = record_run(root, revision, graph, load_yaml(root / "dvc.lock")["stages"], name="plain-1")
    plan = {"revision": {**vars(revision), "overrides": {"train.c": 0.5}}, "steps": []}
    known = {"pipeline.record": record.to_dict(), "pipeline.plan": plan}

    class Instance:
        dag_id = "plain"

        def xcom_pull(self, *, task_ids, **_):
            return known.get(task_ids)

        def xcom_push(self, *, key, value):
            pass

        def get_dr_count(self, *args, **kwargs):
            return 0

    def run(task_id):
        known[task_id] = None
        known[task_id] = tasks[task_id].execute({"ti": Instance(), "run_id": "1", "dag_run": RUN})
        return known[task_id]

    return run


def test_model_of_a_task_group_is_registered_promoted_scored_and_measured(client, checkout, execute, record):
    from airflow.sdk.exceptions import AirflowSkipException, DagRunTriggerException

    assert execute("registry.register")["name"] == checkout.name
    record(checkout, data_until="2013-05-01")
    assert execute("registry.compare")["verdict"] == "better"
    with pytest.raises(AirflowSkipException, match=r"Nobody is asked: promote\.policy is 'automatic'"):
        execute("registry.approve")
    assert execute("registry.promote")["promoted"], "it runs where nobody was asked"
    assert [scores["window"] for scores in execute("registry.score")] == ["2013-05"]

    assert (execute("measure")["window"], execute("measure")["decision"]) == ("2013-05", "retrain")
    with pytest.raises(DagRunTriggerException) as triggered:
        execute("retrain")
    assert triggered.value.conf["train.c"] == 0.5


def test_task_downstream_of_no_pipeline_or_of_two_is_refused_by_name(checkout):
    os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))
    from airflow.sdk import DAG
    from airflow.sdk.exceptions import AirflowFailException

    from trimtab.airflow import DvcTaskGroup, RegisterOperator
    from trimtab.airflow.operators.upstream_tasks import record_before, task_named

    root = checkout.root
    with DAG("plain"):
        one, other = (DvcTaskGroup(name, project=root) for name in ("one", "other"))
        alone, both, last = (
            RegisterOperator(task_id=name, project=root, reason="r") for name in ("alone", "both", "last")
        )
        [one, other] >> both
        one >> other.plan
        other >> last

    assert record_before(last, root).task_id == "other.record", "the nearest"
    with pytest.raises(
        AirflowFailException, match="'alone' needs the record of a pipeline, and follows none"
    ):
        record_before(alone, root)
    with pytest.raises(
        AirflowFailException, match=r"follows several at the same distance: one\.record, other\.record"
    ):
        record_before(both, root)
    with pytest.raises(AirflowFailException, match="follows none"):
        record_before(last, root / "elsewhere")
    with pytest.raises(AirflowFailException, match="no task 'lats'; did you mean 'last'"):
        task_named(alone, "lats")


@pytest.fixture
def dag():
    """A DAG in which references may be tried; its tasks reference a registration."""
    os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))
    from airflow.sdk import DAG

    from trimtab import airflow as trimtab

    with DAG("d") as dag:
        trimtab.RegisterOperator(task_id="register", project=Path("/p"), reason="r")
    return dag


def test_reference_that_is_a_task_or_its_output_adds_the_upstream_edge_and_a_task_id_adds_none(dag):
    from trimtab.airflow import CompareOperator

    register = dag.get_task("register")
    with dag:
        references = {"task": register, "output": register.output, "id": "register"}
        tasks = {
            name: CompareOperator(task_id=name, project=Path("/p"), registered_by=reference)
            for name, reference in references.items()
        }

    upstream = {name: task.upstream_task_ids for name, task in tasks.items()}
    assert upstream == {"task": {"register"}, "output": {"register"}, "id": set()}


@pytest.mark.parametrize("name", ["task", "output", "id"])
def test_reference_of_each_kind_gives_the_payload_rendered_or_not(dag, name):
    from trimtab.airflow import CompareOperator
    from trimtab.airflow.operators.upstream_tasks import pull_result

    register = dag.get_task("register")
    references = {"task": register, "output": register.output, "id": "register"}
    with dag:
        task = CompareOperator(task_id="compare", project=Path("/p"), registered_by=references[name])

    class Instance:
        def xcom_pull(self, *, task_ids, **_):
            return {"register": {"name": "m", "version": 3}}[task_ids]

    context = {"ti": Instance(), "dag": dag}
    assert pull_result(task, context, task.registered_by) == {"name": "m", "version": 3}
    task.render_template_fields(context)
    assert pull_result(task, context, task.registered_by) == {"name": "m", "version": 3}


def test_reference_that_is_a_task_group_is_refused_with_its_record(dag, project):
    from trimtab.airflow import DvcTaskGroup, RegisterOperator
    from trimtab.errors import ConfigError

    with dag:
        group = DvcTaskGroup("pipeline", project=project().root)
        with pytest.raises(ConfigError, match=r"`record` takes no DvcTaskGroup[\s\S]*group\.record"):
            RegisterOperator(task_id="other", project=Path("/p"), reason="r", record=group)


def test_each_record_argument_follows_its_own_pipeline_where_a_dag_has_two(project):
    from airflow.sdk import DAG

    from trimtab.airflow import DvcTaskGroup, RegisterOperator

    root = project().root
    with DAG("d") as dag:
        one, other = (DvcTaskGroup(name, project=root) for name in ("one", "other"))
        for group in (one, other):
            RegisterOperator(
                task_id=f"register_{group.group_id}", project=root, reason="r", record=group.record
            )

    assert dag.get_task("register_one").upstream_task_ids == {"one.record"}
    assert dag.get_task("register_other").upstream_task_ids == {"other.record"}
