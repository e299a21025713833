"""Operators behind a pipeline that is a task group of a plain DAG: each result is found under its own id."""

from __future__ import annotations

import os
import tempfile

import pytest

from trimtab.config import load_yaml
from trimtab.pipeline.git.revision import pin
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.record.record import record_run

WINDOWS = "made/windows"


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
            register = trimtab.RegisterOperator(task_id="register", project=root, reason="manual")
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
    revision, graph = pin(root), Project(root).graph()
    record = record_run(root, revision, graph, load_yaml(root / "dvc.lock")["stages"], name="plain-1")
    plan = {"revision": {**vars(revision), "overrides": {"train.c": 0.5}}, "steps": []}
    known = {"pipeline.record": record.plain(), "pipeline.plan": plan}

    class Instance:
        dag_id = "plain"

        def xcom_pull(self, *, task_ids):
            return known[task_ids]

        def get_dr_count(self, *args, **kwargs):
            return 0

    def run(task_id):
        known[task_id] = tasks[task_id].execute({"ti": Instance(), "run_id": "1"})
        return known[task_id]

    return run


def test_a_model_of_a_task_group_is_registered_promoted_scored_and_measured(
    client, checkout, execute, record
):
    from airflow.sdk.exceptions import DagRunTriggerException

    assert execute("registry.register")["name"] == checkout.name
    record(checkout, data_until="2013-05-01")
    assert execute("registry.compare")["verdict"] == "better"
    assert execute("registry.approve") is None
    assert execute("registry.promote")["promoted"]
    assert [scores["window"] for scores in execute("registry.score")] == ["2013-05"]

    assert (execute("measure")["window"], execute("measure")["decision"]) == ("2013-05", "retrain")
    with pytest.raises(DagRunTriggerException) as triggered:
        execute("retrain")
    assert triggered.value.conf["train.c"] == 0.5


def test_a_task_that_follows_no_pipeline_or_two_alike_is_refused_by_name(checkout):
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
    with pytest.raises(AirflowFailException, match=r"follows several alike: one\.record, other\.record"):
        record_before(both, root)
    with pytest.raises(AirflowFailException, match="follows none"):
        record_before(last, root / "elsewhere")
    with pytest.raises(AirflowFailException, match="no task 'lats'; did you mean 'last'"):
        task_named(alone, "lats")
