"""The task that verifies live versions: its failures, retries and alerts."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow import VerifyOperator
from trimtab.airflow.operators.verify import problem_list
from trimtab.errors import RegistryError
from trimtab.registry.retention.verification import Problem, Verification

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def task(tmp_path):
    with DAG("verify"):
        return VerifyOperator(task_id="verify", project=tmp_path)


def context(task, error):
    class Instance:
        dag_id, task_id = "verify", "verify"

    return {"task": task, "dag": task.dag, "run_id": "scheduled__1", "ti": Instance(), "exception": error}


def found(count: int) -> Verification:
    problems = tuple(
        Problem(n, "data", f"'rows-{n}' is lost", "`trimtab restore` a backup") for n in range(1, count + 1)
    )
    return Verification("flights", {1: "champion"}, {1: 7}, deep=False, problems=problems)


def test_alert_of_a_lost_file_says_what_to_do(task):
    alert = task.alert(context(task, AirflowFailException(problem_list(found(2)))), failed=True)

    assert alert.kind == "verification failed"
    assert "version 1, data: 'rows-1' is lost\n  to do: `trimtab restore` a backup" in alert.text()
    assert "docs/alerts.md#verification-failed" in alert.text()


def test_error_shows_ten_problems_and_counts_the_rest(task):
    text = problem_list(found(25))

    assert text.startswith("25 problem(s)")
    assert text.endswith("and 15 more")


def test_alert_says_task_failed_when_mlflow_cannot_be_reached(task):
    alert = task.alert(context(task, RegistryError("The MLflow server does not answer")), failed=True)

    assert alert.kind == "task failed"
    assert task.alert(context(task, None), failed=False) is None


def test_verification_without_a_project_fails_and_is_retried(task):
    with pytest.raises(Exception, match="not a DVC project") as raised:
        task.execute(context(task, None))

    assert not isinstance(raised.value, AirflowFailException)


def test_verification_uses_the_server_of_the_airflow_connection(monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("AIRFLOW_CONN_MLFLOW_DEFAULT", "http://127.0.0.1:9")
    with DAG("verify"):
        task = VerifyOperator(task_id="verify", project=ROOT)

    with pytest.raises(RegistryError, match=r"does not answer[\s\S]*where: http://127\.0\.0\.1:9\n"):
        task.execute(context(task, None))


def test_verification_of_an_empty_registry_fails_with_what_to_do_first(monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    with DAG("verify"):
        task = VerifyOperator(task_id="verify", project=ROOT)

    with pytest.raises(RegistryError) as raised:
        task.execute(context(task, None))

    assert str(raised.value).splitlines() == [
        "No version of 'flights' is registered yet",
        "  where: MLflow, which holds no model at all",
        "  to do: run the training DAG first; or, if there is a backup, `trimtab restore` it",
    ]
