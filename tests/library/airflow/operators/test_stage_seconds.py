"""The run time of stages, from the tasks of a DAG run."""

from __future__ import annotations

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator

from tests.library.airflow.operators.pipeline_run import PipelineRun
from trimtab.airflow.operators.stage_seconds import stage_seconds

PIPELINE = """
stages:
  split: {cmd: echo 1 > split.out, outs: [split.out]}
  train:
    foreach: [all, rolling]
    do: {cmd: "cat split.out > ${item}.out", deps: [split.out], outs: ["${item}.out"]}
"""


class TimedRun(PipelineRun):
    """A DAG run whose tasks took some time."""

    durations = (("split", 1.0), ("train.all", 2.0), ("train.rolling", 3.5), ("register", None))

    def get_task_breadcrumbs(self, *, dag_id, run_id):
        assert (dag_id, run_id) == ("d", "r")
        return [{"task_id": task, "duration": seconds} for task, seconds in self.durations]


@pytest.fixture
def ran(project, monkeypatch):
    """A run in which the run cache had the result of one stage."""
    checkout = project({"dvc.yaml": PIPELINE})
    run = TimedRun(checkout.root, monkeypatch)
    with run.dag:
        register = EmptyOperator(task_id="register")
        run.dag.record >> register
    for task in ("plan", "split", "train.all", "train.rolling"):
        run.execute(task)
    run.xcoms["train.all", "return_value"]["ran"] = False
    return checkout.root, register, {"ti": run, "run_id": "r"}


def test_run_time_is_the_duration_of_the_task_and_unknown_if_the_run_cache_had_the_result(ran):
    root, register, context = ran

    found = stage_seconds(register, context, root, ["train@all", "train@rolling", "unknown"])

    assert found == {"train@rolling": 3.5}


def test_run_time_is_unknown_downstream_of_no_pipeline_of_the_project(ran, tmp_path):
    _, register, context = ran

    assert stage_seconds(register, context, tmp_path, ["train@rolling"]) == {}
