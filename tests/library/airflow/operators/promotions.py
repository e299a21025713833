"""Results of a training run's tasks, and the alerts that their ends send."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow.sdk import DAG

from tests.library.receivers import webhook
from trimtab.airflow import (
    ApproveOperator,
    CompareOperator,
    PromoteOperator,
    RegisterOperator,
    RollBackOperator,
    alerting,
)

DECIDED = {
    "promoted": True,
    "sentence": "Approved by alice: looks fine. Surely better by 0.01 <!channel>",
    "model": "flights",
    "version": 3,
    "was": 2,
    "challenger_figures": {"roc_auc": 0.71},
    "champion_figures": {"roc_auc": 0.7},
}

ENTRY = {
    "model": "flights",
    "champion": 1,
    "was": 3,
    "by": "alice in rollback/r",
    "reason": "complaints",
    "url": "",
}

COMPARED = {
    "policy": "approval",
    "verdict": "better",
    "sentence": "Surely better",
    "deadline_hours": 48.0,
    "champion": 2,
    "challenger_figures": {"roc_auc": 0.71},
    "champion_figures": {},
    "run_id": "r1",
}

MADE = {
    "name": "flights",
    "version": 3,
    "reason": "drift in 2013-06",
    "url": "http://mlflow/#/models/flights/versions/3",
}


@pytest.fixture
def posted(monkeypatch):
    with webhook() as (posted, hook):
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps(hook))
        yield posted


@pytest.fixture
def dag():
    project = Path("/nowhere")
    with DAG("training", default_args=alerting("chat")) as dag:
        register = RegisterOperator(task_id="register", project=project, reason="r")
        compare = CompareOperator(task_id="compare", project=project, registered_by=register)
        names = {"registered_by": register, "compared_by": compare}
        approve = ApproveOperator(task_id="approve", **names)
        PromoteOperator(task_id="promote", project=project, approved_by=approve, **names)
        RollBackOperator(task_id="roll_back", project=project)
    return dag


def end(dag, task_id, results, *, error=None):
    """Let Airflow tell of a task that has ended, when the run's tasks have these results."""
    task = dag.get_task(task_id)

    class Instance:
        dag_id = "training"

        def xcom_pull(self, *, task_ids, **_):
            return results[task_ids]

    Instance.task_id = task_id
    context = {"task": task, "dag": dag, "run_id": "r", "ti": Instance()}
    ((on_failure,), (on_success,)) = task.on_failure_callback, task.on_success_callback
    if error:
        on_failure({**context, "exception": error})
    else:
        on_success(context)


def results(**known):
    """A task instance that sees the results of these tasks, and of no other."""

    class Instance:
        def xcom_pull(self, *, task_ids, **_):
            return known.get(task_ids)

        def xcom_push(self, *, key, value):
            known[key] = value

    return Instance()
