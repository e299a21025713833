"""Where KServe reads a model."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.registry.serving.model_address import model_address

SERVED = "mlflow-artifacts:/1/models/m-1/artifacts"


@pytest.mark.parametrize("destination", ["s3://models/mlflow", "s3://models/mlflow/"])
@pytest.mark.parametrize("location", [SERVED, "mlflow-artifacts://mlflow:5000/1/models/m-1/artifacts"])
def test_address_is_in_the_store_behind_the_server(location, destination, monkeypatch):
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", destination)

    assert model_address(location) == "s3://models/mlflow/1/models/m-1/artifacts"


def test_address_that_mlflow_has_itself_is_kept(monkeypatch):
    monkeypatch.delenv("MLFLOW_ARTIFACTS_DESTINATION", raising=False)

    assert model_address("gs://models/1/artifacts") == "gs://models/1/artifacts"


@pytest.mark.parametrize(
    ("location", "destination", "problem"),
    [
        (SERVED, None, "cannot read the model through MLflow's server"),
        (SERVED, "/var/models", "cannot read the store of the model: /var/models/1/models/m-1"),
        (SERVED, "file:///var/models", "cannot read the store of the model"),
        ("/home/alice/mlruns/1", None, "cannot read the store of the model: /home/alice/mlruns/1"),
    ],
)
def test_store_that_kserve_cannot_read_is_refused(location, destination, problem, monkeypatch):
    monkeypatch.delenv("MLFLOW_ARTIFACTS_DESTINATION", raising=False)
    if destination:
        monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", destination)

    with pytest.raises(ConfigError, match=problem):
        model_address(location)
