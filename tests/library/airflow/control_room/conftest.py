"""Airflow's database with DAGs, and clients with the rights of users."""

from __future__ import annotations

import pytest
from airflow.api_fastapi.app import _AuthManagerState
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.sdk import DAG, Param
from fastapi.testclient import TestClient

from tests.library.airflow.links.conftest import airflow_database, deploy  # noqa: F401
from trimtab.airflow import DvcDag, RollBackOperator
from trimtab.airflow.web_app import app

NOBODY = "nobody"  # a user without any right to a DAG
PIPELINE = (
    "stages:\n"
    "  draw: {cmd: 'true', outs: [d]}\n"
    "  judge: {cmd: 'true', deps: [d], outs: [r], meta: {trimtab: {gate: data}}}\n"
    "  train: {cmd: 'true', deps: [r], outs: [m]}\n"
    "artifacts:\n"
    "  rides: {path: m, type: model}\n"
)


class ByRole(SimpleAuthManager):
    """Airflow's own auth manager, with one user who has no right to any DAG."""

    def is_authorized_dag(self, *, method, user, access_entity=None, details=None):
        if user.username == NOBODY:
            return False
        return super().is_authorized_dag(
            method=method, user=user, access_entity=access_entity, details=details
        )


@pytest.fixture
def client(monkeypatch, tmp_path):
    """Return a client of a user with a role; without a user, one that has not logged in."""
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "a secret of the tests" * 4)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(_AuthManagerState, "instance", manager := ByRole())

    def as_user(name: str = "", role: str = "VIEWER") -> TestClient:
        if not name:
            return TestClient(app)
        token = manager.generate_jwt(SimpleAuthManagerUser(username=name, role=role))
        return TestClient(app, headers={"Authorization": f"Bearer {token}"})

    return as_user


@pytest.fixture
def deployed(project):
    """A project with a pipeline and a DAG that rolls back, deployed; return its root."""
    root = project({"dvc.yaml": PIPELINE}, folder="rides").root
    deploy(DvcDag("training", project=root), root)
    with DAG("rollback", params={"reason": Param("x", type="string"), "to": Param(None)}) as back:
        RollBackOperator(task_id="roll_back", project=root)
    deploy(back, root)
    return root
