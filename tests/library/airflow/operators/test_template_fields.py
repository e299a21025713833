"""Template fields of the operators: what a template may set, rendered as Airflow renders it."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk import DAG

from trimtab.airflow import (
    DrillOperator,
    MeasureDriftOperator,
    RegisterOperator,
    RollBackOperator,
    ScoreOperator,
    ShadowOperator,
    VerifyOperator,
)

NOWHERE = Path("/nowhere")
CONTEXT = {"params": {"model": "flights", "server": "mlflow_eu", "to": 3}, "ds": "2013-05-01", "run_id": "r"}
SERVER = {"mlflow_conn_id": "{{ params.server }}"}


@pytest.mark.parametrize(
    ("operator", "arguments", "rendered"),
    [
        (
            RegisterOperator,
            {"reason": "until {{ ds }}", "record": "{{ params.model }}.record"},
            {"reason": "until 2013-05-01", "record": "flights.record"},
        ),
        (
            ScoreOperator,
            {"windows": "data/{{ ds }}", "model": "{{ params.model }}"},
            {"windows": "data/2013-05-01", "model": "flights"},
        ),
        (
            ShadowOperator,
            {"windows": "data/{{ ds }}", "scored_by": "score_{{ params.model }}"},
            {"windows": "data/2013-05-01", "scored_by": "score_flights"},
        ),
        (
            MeasureDriftOperator,
            {"windows": "data/{{ ds }}", "training": "train_{{ params.model }}"},
            {"windows": "data/2013-05-01", "training": "train_flights"},
        ),
        (
            RollBackOperator,
            {"model": "{{ params.model }}", "to": "{{ params.to }}", "reason": "by {{ run_id }}"},
            {"model": "flights", "to": "3", "reason": "by r"},
        ),
        (
            DrillOperator,
            {"model": "{{ params.model }}", "backup": "s3://backups/{{ params.model }}"},
            {"model": "flights", "backup": "s3://backups/flights"},
        ),
        (VerifyOperator, {"model": "{{ params.model }}"}, {"model": "flights"}),
    ],
)
def test_template_fields_of_an_operator_are_rendered(operator, arguments, rendered):
    with DAG("d"):
        task = operator(task_id="task", project=NOWHERE, **arguments, **SERVER)

    task.render_template_fields(CONTEXT)

    assert {name: getattr(task, name) for name in rendered} == rendered
    assert task.hook.mlflow_conn_id == "mlflow_eu"


def test_push_to_of_a_pipeline_is_a_template(project):
    from trimtab.airflow import DvcDag

    record = DvcDag("d", project=project().root, push_to="origin-{{ params.model }}").record
    record.render_template_fields(CONTEXT)
    assert record.push_to == "origin-flights"


def test_window_that_is_a_template_is_not_checked_when_the_dag_is_parsed(project):
    root = project().root
    with DAG("d"):
        ScoreOperator(task_id="score", project=root, windows="data/{{ ds }}")
