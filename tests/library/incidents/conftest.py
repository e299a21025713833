"""A real MLflow store in a file, and incidents in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import mlflow
import pytest

from trimtab.incidents import Cause, Event

CAUSE = Cause("training", "gate failed", "validate_raw", "validate_raw")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of an MLflow that nobody has used yet; MLflow takes seconds to make its tables."""
    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{file}").search_experiments()
    return file


@pytest.fixture
def store(empty_store, tmp_path, monkeypatch):
    """The address of an empty MLflow."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    address = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    monkeypatch.chdir(tmp_path)
    yield address
    mlflow.set_tracking_uri(None)


def alert(run="training/r1", *, at="2026-11-28T03:00:00+00:00", attempt="validate_raw -1 1", **more):
    """An alert of a gate."""
    values = {
        "severity": "sev2",
        "blocks": "train",
        "text": "the gate has failed",
        "checks": ("not_null of a", "between of b"),
    }
    return Event(kind="alert", at=at, by=run, attempt=attempt, **{**values, **more})


def passed(run="training/r2", *, at="2026-11-28T05:00:00+00:00", attempt="validate_raw -1 1"):
    """A success of the gate's task."""
    return Event(kind="passed", at=at, by=run, text="'validate_raw' has passed", attempt=attempt)
