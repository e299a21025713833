"""The tasks of recovery: their failures, skips and alerts. The drill itself is tested in the registry."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from trimtab.airflow import CheckRecoveryOperator, DrillOperator
from trimtab.errors import ConfigError, RegistryError
from trimtab.registry.recovery.drill import Drill
from trimtab.registry.recovery.drill_log import log_drill
from trimtab.registry.tracking import connection

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def tasks(monkeypatch, tmp_path):
    """Both tasks, on an MLflow without a server."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    monkeypatch.delenv("TRIMTAB_BACKUP", raising=False)
    monkeypatch.chdir(tmp_path)
    with DAG("recovery"):
        return (
            DrillOperator(task_id="drill", project=ROOT),
            CheckRecoveryOperator(task_id="check_recovery", project=ROOT),
        )


def context(task, error=None):
    class Instance:
        dag_id, task_id = "recovery", task.task_id

    return {"task": task, "dag": task.dag, "run_id": "manual__1", "ti": Instance(), "exception": error}


def record(**values):
    given = {"model": "flights", "started": "2020-01-01T00:00:00+00:00", "verdict": "good", **values}
    with connection() as client:
        return log_drill(client, Drill.model_validate(given))


def test_drill_without_a_location_fails_with_what_to_set(tasks):
    with pytest.raises(ConfigError, match="TRIMTAB_BACKUP"):
        tasks[0].execute(context(tasks[0]))


def test_alert_of_a_failed_drill_names_the_problem_and_its_runbook(tasks):
    alert = tasks[0].alert(context(tasks[0], AirflowFailException("a file is lost")), failed=True)

    assert alert.kind == "recovery drill failed"
    assert "a file is lost" in alert.text()
    assert "docs/alerts.md#recovery-drill-failed" in alert.text()


@pytest.mark.parametrize("number", [0, 1])
def test_alert_says_task_failed_when_nothing_is_known(tasks, number):
    task = tasks[number]

    assert task.alert(context(task, RegistryError("no answer")), failed=True).kind == "task failed"
    assert task.alert(context(task), failed=False) is None


def test_check_is_skipped_where_nobody_takes_backups(tasks):
    with pytest.raises(AirflowSkipException, match="TRIMTAB_BACKUP is not set"):
        tasks[1].execute(context(tasks[1]))


def test_check_fails_if_the_last_good_drill_is_too_old_and_the_backup_location_is_gone(tasks):
    record(settings={"backup location": "/vault"})

    with pytest.raises(AirflowFailException) as raised:
        tasks[1].execute(context(tasks[1]))

    assert "`recovery.drill_days` allows 40" in str(raised.value)
    assert "No backup location is set any more" in str(raised.value)
    alert = tasks[1].alert(context(tasks[1], raised.value), failed=True)
    assert alert.kind == "recovery in doubt"


def test_check_fails_if_the_backup_location_has_moved(tasks, tmp_path):
    record(started="2999-01-01T00:00:00+00:00", settings={"backup location": "/vault"})
    tasks[1].backup = str(tmp_path / "elsewhere")

    with pytest.raises(AirflowFailException, match=r"backup location was /vault, and is .*elsewhere"):
        tasks[1].execute(context(tasks[1]))
