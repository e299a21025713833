"""Backups of the world, and one of an attacker."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.library.registry.fixtures import FEATURES, flights, free_port, start_server, wait_until_healthy
from tests.library.registry.retention.world import NAME, World
from trimtab.registry import load_champion


@pytest.fixture
def places(client, world, monkeypatch) -> None:
    """The environment is that of MLflow's server."""
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"sqlite:///{world.mlflow / 'mlflow.db'}")
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(world.mlflow / "artifacts"))


@pytest.fixture(scope="session")
def vault(world, server, tmp_path_factory) -> Path:
    """A folder with a backup, which nothing changes."""
    folder = tmp_path_factory.mktemp("vault") / "vault"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("MLFLOW_BACKEND_STORE_URI", f"sqlite:///{world.mlflow / 'mlflow.db'}")
        patch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(world.mlflow / "artifacts"))
        back_up(world, folder)
    return folder


def back_up(world: World, to: object) -> str:
    done = world.run("backup", str(to))
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def files(vault: Path) -> dict[Path, int]:
    return {path: path.stat().st_size for path in vault.rglob("*") if path.is_file()}


def blob(vault: Path, content: bytes) -> dict[str, object]:
    sha = hashlib.sha256(content).hexdigest()
    file = vault / "blobs" / sha[:2] / sha[2:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return {"sha256": sha, "size": len(content)}


def git(folder: Path, *args: str) -> None:
    who = ["-c", "user.name=m", "-c", "user.email=m@b"]
    subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Write a backup of a project with these links in it, and these words in its description."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(tmp_path)
    vault = tmp_path / "vault"

    def write(links: dict[str, Path] | None = None, **said: object) -> Path:
        project = tmp_path / "source"
        (project / ".dvc").mkdir(parents=True)
        (project / ".dvc" / "config").write_text("[cache]\n    dir = elsewhere\n")
        for name, target in (links or {}).items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).symlink_to(target)
        git(project, "init", "-q", "-b", "main")
        git(project, "add", "-A", "-f")
        git(project, "commit", "-qm", "x")
        git(project, "bundle", "create", "-q", str(tmp_path / "bundle"), "--all", "HEAD")
        objects = vault / "files" / "md5" / "1b"
        objects.mkdir(parents=True)
        (objects / "c29b36f623ba82aaf6724fd3b16718").write_bytes(b"md5")
        described = {
            "schema": "trimtab.backup/1",
            "model": "m",
            "taken": "2026-01-01T00:00:00",
            "live": {},
            "head": "refs/heads/main",
            "prefix": "",
            "files": {"project.bundle": blob(vault, (tmp_path / "bundle").read_bytes())},
            "objects": {"files/md5/1b/c29b36f623ba82aaf6724fd3b16718": 3},
            "lacking": [],
        }
        content = json.dumps(described | said).encode()
        (vault / "backups").mkdir()
        (vault / "backups" / f"2026-{hashlib.sha256(content).hexdigest()}.json").write_bytes(content)
        return vault

    return write


@contextlib.contextmanager
def serving(restored: Path, database: str = "") -> Iterator[World]:
    """Serve what was restored with a server of its own, and yield the world that is there now."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    store = database or f"sqlite:///{restored / 'mlflow' / 'mlflow.db'}"
    process = start_server(restored / "mlflow", store, port)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", url)
        try:
            wait_until_healthy(url, process, restored / "mlflow" / "server.log")
            yield World(restored, restored / "mlflow")
        finally:
            process.terminate()
            process.wait(timeout=20)


def answers(folder: Path) -> np.ndarray:
    rows: pd.DataFrame = flights(50, seed=9)[FEATURES]
    return load_champion(NAME, into=folder).model.predict(rows)
