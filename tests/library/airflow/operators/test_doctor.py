"""The task that examines its worker."""

from __future__ import annotations

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow import DoctorOperator
from trimtab.doctor import parse_findings


class Instance:
    """A task instance that keeps what is pushed."""

    def __init__(self) -> None:
        self.xcoms = {}

    def xcom_push(self, *, key, value):
        self.xcoms[key] = value


@pytest.fixture
def task(project, monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "TRIMTAB_ALERTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("trimtab.doctor.disk.LOW", 0)
    monkeypatch.setattr("trimtab.doctor.disk.TOO_LOW", 0)
    with DAG("doctor"):
        return DoctorOperator(task_id="examine", project=project().root)


def test_worker_without_errors_succeeds_with_all_findings(task):
    instance = Instance()

    assert task.execute({"ti": instance}) == "warning"  # no remote, no MLflow, no alerts

    found = parse_findings(instance.xcoms["findings"], where="")
    assert {"project", "git", "MLflow", "DVC remote", "Airflow connection"} <= {each.check for each in found}


def test_error_fails_the_task_without_a_retry_and_the_findings_stay(task, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "file" / "state"))
    instance = Instance()

    with pytest.raises(AirflowFailException, match=r"1 error\(s\) on this worker\nTRIMTAB_HOME"):
        task.execute({"ti": instance})

    assert instance.xcoms["findings"]


def test_mlflow_connection_that_does_not_exist_is_an_error(project, monkeypatch):
    with DAG("doctor"):
        task = DoctorOperator(task_id="examine", project=project().root, mlflow_conn_id="absent")

    (found,) = task._checks()["MLflow"]()

    assert (found.status, found.seen) == ("error", "the connection 'absent' does not exist for this task")
