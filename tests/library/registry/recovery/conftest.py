"""A project whose champion has a seal in the ledger, its backup location, and MLflow's server settings."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.library.registry.retention.world import World, prepare, push
from trimtab.registry.isolation.isolation_log import EXPERIMENT

NAME = "drilled"
POLICY = "recovery: {owner: flight team, criticality: high, max_copy_hours: 24, drill_days: 40}\n"


@pytest.fixture(scope="session")
def site(server, database, template, tmp_path_factory) -> World:
    """A project with one version, which is champion, and a DVC remote beside it."""
    made = World(tmp_path_factory.mktemp("drilled") / "site", database.parent)
    made.folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        project = template.copy(made.folder, NAME)
        prepare(project.root, NAME)
        params = project.root / "params.yaml"
        params.write_text(params.read_text() + POLICY)
        project.repro()
        made.checkout.commit("Run")
        push(project.root)
        for args in (["publish"], ["promote", "1", "--reason", "the first one"]):
            done = made.run(*args)
            assert done.exit_code == 0, (done.output, done.exception)
    return made


@pytest.fixture
def places(client, site, monkeypatch) -> None:
    """The environment is that of MLflow's server."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"sqlite:///{site.mlflow / 'mlflow.db'}")
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(site.mlflow / "artifacts"))


@pytest.fixture
def vault(site, places, tmp_path) -> Path:
    """A folder with a backup."""
    done = site.run("backup", str(tmp_path / "vault"))
    assert done.exit_code == 0, (done.output, done.exception)
    return tmp_path / "vault"


@pytest.fixture
def nothing_isolated(client):
    """Leave nothing isolated."""
    yield
    found = client.get_experiment_by_name(EXPERIMENT)
    if found:
        client.rename_experiment(found.experiment_id, f"{EXPERIMENT}-{time.time_ns()}")
