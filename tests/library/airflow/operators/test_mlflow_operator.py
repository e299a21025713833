"""The base of operators that talk to MLflow."""

from __future__ import annotations

import pytest
from airflow.sdk import DAG

from trimtab.airflow.hooks.mlflow_hook import DEFAULT_CONNECTION
from trimtab.airflow.operators.mlflow_operator import MlflowOperator
from trimtab.errors import RegistryError


def operator(**arguments) -> MlflowOperator:
    with DAG("d"):
        return MlflowOperator(task_id="task", **arguments)


def test_operator_without_a_connection_uses_the_default_one():
    assert operator().hook.mlflow_conn_id == DEFAULT_CONNECTION


def test_connection_of_an_operator_is_a_template():
    task = operator(mlflow_conn_id="mlflow_{{ params.region }}")
    task.render_template_fields({"params": {"region": "eu"}})
    assert task.hook.mlflow_conn_id == "mlflow_eu"


def test_operator_asks_the_server_of_its_connection_and_no_other(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_MLFLOW_EU", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:10")
    with pytest.raises(RegistryError, match=r"does not answer[\s\S]*where: http://127\.0\.0\.1:9\n"):
        operator(mlflow_conn_id="mlflow_eu").hook.tracking_server().__enter__()
