"""The check of MLflow."""

from __future__ import annotations

import pytest

from trimtab.doctor.mlflow_server import EXPERIMENT, check_mlflow
from trimtab.errors import RegistryError


def test_server_that_is_not_named_is_a_warning(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert [each.status for each in check_mlflow()] == ["warning"]


def test_server_that_does_not_answer_is_refused_without_its_password(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://vera:secret@127.0.0.1:9")
    with pytest.raises(RegistryError, match="does not answer") as refused:
        list(check_mlflow())
    assert "secret" not in str(refused.value)


@pytest.mark.slow
def test_probe_run_is_written_and_deleted(monkeypatch, tmp_path):
    from mlflow import MlflowClient

    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)

    (found,) = check_mlflow()

    client = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    assert found.status == "ok"
    assert client.search_runs([experiment.experiment_id]) == []
