"""A server with `trimtab-auth`: workers register, people read, only the promoter moves aliases."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient, MlflowException
from mlflow.server import get_app_client

from tests.library.registry.fixtures import free_port, start_server, wait_until_healthy
from trimtab.errors import RegistryError
from trimtab.registry import find_champion, find_version, promote_manually, roll_back
from trimtab.registry.tracking.alias_guard import needs_manage

ADMIN, WORKER, PROMOTER, READER = "admin", "worker", "promoter", "reader"
MODEL = "guarded"


@pytest.mark.parametrize(
    ("method", "path", "guarded"),
    [
        ("POST", "/api/2.0/mlflow/registered-models/alias", True),
        ("DELETE", "/ajax-api/2.0/mlflow/registered-models/alias", True),
        ("POST", "/api/2.0/mlflow/registered-models/alias/", True),
        ("POST", "/api/2.0/mlflow/registered-models/rename", True),
        ("GET", "/api/2.0/mlflow/registered-models/alias", False),
        ("POST", "/api/2.0/mlflow/model-versions/create", False),
    ],
)
def test_request_that_changes_aliases_or_name_needs_manage(method, path, guarded):
    assert needs_manage(method, path) is guarded


@contextlib.contextmanager
def as_user(url: str, user: str) -> Iterator[MlflowClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", url)
        patch.setenv("MLFLOW_TRACKING_USERNAME", user)
        patch.setenv("MLFLOW_TRACKING_PASSWORD", f"{user} of the tests")
        yield MlflowClient(url, url)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server, whose administrator has made model, experiments and users, as the docs say."""
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    (folder / "auth.ini").write_text(
        f"[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///{folder}/users.db\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        "auth_cache_ttl_seconds = 600\n"  # else each of some hundred requests hashes a password
    )
    address = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_AUTH_CONFIG_PATH", str(folder / "auth.ini"))
        patch.setenv("MLFLOW_AUTH_ADMIN_USERNAME", ADMIN)
        patch.setenv("MLFLOW_AUTH_ADMIN_PASSWORD", f"{ADMIN} of the tests")
        patch.setenv("MLFLOW_FLASK_SERVER_SECRET_KEY", "of the tests")
        store = f"sqlite:///{folder}/mlflow.db"
        process = start_server(folder, store, port, "--app-name", "trimtab-auth")
    try:
        wait_until_healthy(address, process, Path(folder) / "server.log")
        with as_user(address, ADMIN) as client:
            users = get_app_client("trimtab-auth", tracking_uri=address)
            for user in (WORKER, PROMOTER, READER):
                users.create_user(user, f"{user} of the tests")
            client.create_registered_model(MODEL)
            runs = client.create_experiment(MODEL)  # the promoter's first promotion creates the ledger
            for user, kind, name, permission in (
                (WORKER, "registered_model", MODEL, "EDIT"),
                (WORKER, "experiment", runs, "EDIT"),
                (PROMOTER, "registered_model", MODEL, "MANAGE"),
                (PROMOTER, "experiment", runs, "EDIT"),
            ):
                users.grant_user_permission(user, kind, name, permission)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.slow
def test_worker_registers_reader_reads_and_only_the_promoter_moves_the_alias(url, template, weak, tmp_path):
    project = template.copy(tmp_path, MODEL)
    with as_user(url, WORKER) as client:
        first, second = project.publish(), project.publish(weak)
        assert client.get_registered_model(MODEL).aliases == {}

    with as_user(url, PROMOTER):
        promote_manually(first, by="alice", reason="it is the first")

    with as_user(url, WORKER) as client:
        with pytest.raises(RegistryError, match="does not permit worker"):
            promote_manually(second, by="mallory", reason="mine is better")
        for attempt in (
            lambda: client.set_registered_model_alias(MODEL, "champion", "2"),
            lambda: client.delete_registered_model_alias(MODEL, "champion"),
            lambda: client.rename_registered_model(MODEL, "mine"),
        ):
            with pytest.raises(MlflowException, match=r"403|Permission denied"):
                attempt()
        assert find_champion(MODEL).version == first.version

    with as_user(url, PROMOTER):
        promote_manually(second, by="alice", reason="it is better")
        roll_back(MODEL, by="alice", reason="complaints")

    with as_user(url, READER) as client:
        assert find_champion(MODEL).version == first.version
        assert find_version(MODEL, second.version).version == second.version
        with pytest.raises(MlflowException, match=r"403|Permission denied"):
            client.set_registered_model_alias(MODEL, "champion", "2")
