"""The steps of "Repair one file" in docs/recovery.md, each followed by `trimtab verify`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.library.registry.retention.vault import git
from tests.library.registry.retention.world import CHECKOUT, NAME, RECORD, World, flip, write

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("client")]


@pytest.fixture
def damaged(world, tmp_path) -> World:
    """A copy of the world that a test may damage."""
    return world.copy(tmp_path / "world")


def dvc(root: Path, *args: str) -> None:
    command = [sys.executable, "-m", "dvc", *args]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def model_of(world: World, client, version: int) -> tuple[str, Path]:
    """Return the commit of a version, and the object of its model in the cache."""
    from ruamel.yaml import YAML

    tags = client.get_model_version(NAME, str(version)).tags
    commit = tags.get("trimtab.record") or tags["trimtab.git_revision"]
    lock = YAML(typ="safe", pure=True).load(world.checkout.show(commit, "dvc.lock"))
    outs = {out["path"]: out["md5"] for stage in lock["stages"].values() for out in stage["outs"]}
    return commit, world.object(outs["models/flights.skops"])


def test_altered_object_of_the_cache_is_fetched_again_from_the_remote(client, damaged):
    commit, model = model_of(damaged, client, RECORD)
    flip(model, 10)
    assert damaged.verify()

    model.unlink()
    git(damaged.root, "switch", "--detach", commit)
    dvc(damaged.root, "fetch", "-r", "storage")

    assert damaged.verify() == {}


def test_object_lost_in_cache_and_remote_is_fetched_from_a_backup(client, damaged, vault):
    commit, model = model_of(damaged, client, RECORD)
    model.unlink()
    damaged.object(model.parent.name + model.name, remote=True).unlink()
    assert damaged.verify()

    git(damaged.root, "switch", "--detach", commit)
    dvc(damaged.root, "remote", "add", "--local", "backup", str(vault))
    dvc(damaged.root, "fetch", "-r", "backup")

    assert damaged.verify() == {}


def test_altered_file_of_a_model_in_mlflow_is_copied_from_a_restored_backup(client, world, vault, tmp_path):
    artifact = world.artifact(client, CHECKOUT)
    held = flip(artifact, 100)
    try:
        assert {part for _, part in world.verify()} == {"model"}
        assert world.run("restore", str(vault), str(tmp_path / "into")).exit_code == 0
        path = artifact.relative_to(world.mlflow / "artifacts")
        artifact.chmod(0o644)
        shutil.copy(tmp_path / "into" / "mlflow" / "artifacts" / path, artifact)

        assert world.verify() == {}
    finally:
        write(artifact, held)


def test_lost_commit_is_fetched_from_a_restored_backup(client, damaged, vault, tmp_path):
    commit, _ = model_of(damaged, client, RECORD)
    assert damaged.run("restore", str(vault), str(tmp_path / "into")).exit_code == 0

    git(damaged.root, "fetch", str(tmp_path / "into" / "project"), "refs/*:refs/restored/*")

    assert commit in damaged.checkout.git("for-each-ref", "--format=%(objectname)", "refs/restored")
