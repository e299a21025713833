"""MLflow's database: copied while the server writes, and loaded into an empty one."""

from __future__ import annotations

import contextlib
import os
import sqlite3

import mlflow
import numpy as np
import pytest

from tests.library.e2e.cluster import POSTGRES, postgres
from tests.library.registry.fixtures import free_port, start_server, wait_until_healthy
from tests.library.registry.retention.vault import answers, back_up, serving
from tests.library.registry.retention.world import NAME, World, make_champion, prepare, publish_run
from trimtab.errors import ConfigError, RegistryError
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.mlflow_database import copy_database, load_database, read_server_settings
from trimtab.registry.retention.restoration import restore


@pytest.mark.slow
@pytest.mark.skipif(not POSTGRES, reason="PostgreSQL's server is not installed")
def test_backup_of_a_postgresql_database_is_restored_into_an_empty_one(
    template, strong, tmp_path, monkeypatch
):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("PATH", f"{POSTGRES[-1].parent}{os.pathsep}{os.environ['PATH']}")
    with postgres() as first, postgres() as second:
        store = tmp_path / "mlflow"
        store.mkdir()
        port = free_port()
        process = start_server(store, f"postgresql+psycopg2://{first}", port)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"postgresql+psycopg2://{first}")
        monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(store / "artifacts"))
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", process, store / "server.log")
            (tmp_path / "world").mkdir()
            made = template.copy(tmp_path / "world", NAME)
            prepare(made.root)
            world = World(tmp_path / "world", store)
            publish_run(world)
            make_champion(1)
            back_up(world, tmp_path / "vault")
            expected = answers(tmp_path / "before")
            full = world.run("restore", str(tmp_path / "vault"), str(tmp_path / "full"))
        finally:
            process.terminate()
            process.wait(timeout=20)
        assert "The database is not empty" in str(full.exception)
        assert not (tmp_path / "full").exists()

        monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"postgresql+psycopg2://{second}")
        restore(open_backup_location(str(tmp_path / "vault")), tmp_path / "new")
        with serving(tmp_path / "new", f"postgresql+psycopg2://{second}") as new:
            assert new.verify() == {}
            assert np.array_equal(answers(tmp_path / "after"), expected)


def test_database_copy_names_the_tool_that_is_not_installed(monkeypatch, tmp_path):
    from trimtab.registry.retention.mlflow_database import _postgresql

    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RegistryError, match=r"pg_dump is not installed[\s\S]*postgresql-client"):
        _postgresql("pg_dump", "postgresql://user:secret@127.0.0.1/mlflow")


@pytest.mark.slow
def test_database_copy_is_refused_when_artifacts_are_not_served(tmp_path):
    from trimtab.registry.retention.mlflow_database import copy_database

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    mlflow.MlflowClient(uri).create_experiment("here", artifact_location=str(tmp_path / "artifacts"))

    with pytest.raises(RegistryError, match=r"that no backup covers[\s\S]*--artifacts-destination"):
        copy_database(uri, tmp_path)


def test_database_copy_has_the_rows_of_the_live_database(server, database, tmp_path):
    copy = copy_database(f"sqlite:///{database}", tmp_path)

    with contextlib.closing(sqlite3.connect(copy)) as copied:
        assert copied.execute("SELECT count(*) FROM experiments").fetchone()[0] >= 1


def test_database_that_is_no_postgresql_is_not_loaded(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot be loaded into another kind[\s\S]*postgresql://USER@HOST"):
        load_database(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path / "mlflow.dump")


def test_server_settings_are_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", "sqlite:///mlflow.db")
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", "file:///srv/artifacts")

    assert read_server_settings() == ("sqlite:///mlflow.db", "/srv/artifacts")


@pytest.mark.parametrize(
    ("database", "message"),
    [("", "are not set: MLFLOW_BACKEND_STORE_URI"), ("mysql://alice:pw@host/x", "cannot be copied: mysql")],
)
def test_server_settings_that_name_no_database_to_copy_are_refused(monkeypatch, database, message):
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", database)
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", "artifacts")

    with pytest.raises(ConfigError, match=message) as refused:
        read_server_settings()

    assert "pw" not in str(refused.value)
