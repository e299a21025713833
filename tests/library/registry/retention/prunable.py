"""Versions that a retention policy may remove, and `trimtab prune` on them."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import mlflow
import pytest

from tests.library.conftest import Checkout
from tests.library.registry.retention.world import NAME, World, make_old, prepare
from trimtab.pipeline.graph.project import Project
from trimtab.registry.retention.retention_policy import read_policy
from trimtab.registry.retention.verification import verify
from trimtab.registry.tracking.seal import write_seal
from trimtab.registry.tracking.version_tags import SEAL

OLD = 100  # days, more than candidate_days and object_days

DECISION = "trimtab.decision"


@pytest.fixture(scope="session")
def history(template, weak, strong, strong_again, tmp_path_factory) -> World:
    """A project with three commits, each of another model; nothing of it is registered."""
    world = World(tmp_path_factory.mktemp("prune") / "world", Path())
    world.folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        made = template.copy(world.folder, NAME)
        prepare(made.root)
        for model in (weak, strong, strong_again):
            made.put(model)
            made.repro()
            world.checkout.commit("Another model")
        Project(made.root).graph()  # resolved once, and copied with the project
    return world


@pytest.fixture
def name(request) -> str:
    return request.node.name.translate(str.maketrans("_[ ", "---", "]"))


@pytest.fixture
def candidates(client, history, tmp_path, monkeypatch, name) -> World:
    """The project, and each of its commits registered as a version, without the model's files."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("COLUMNS", "300")  # of the table
    world = history.copy(tmp_path / "world")
    experiment = client.create_experiment(name)
    client.create_registered_model(name)
    for commit in own_commits(world.checkout, name):
        lock = world.checkout.show(commit, "dvc.lock")
        tags = {
            "trimtab.git_revision": commit,
            "trimtab.lock_hash": hashlib.sha256(lock.encode()).hexdigest(),
            SEAL: "a param of the run",
        }
        run_id = client.create_run(experiment).info.run_id
        client.log_text(run_id, lock, "dvc.lock")
        client.log_param(run_id, SEAL, write_seal(tags, {}))
        client.create_logged_model(experiment, name="model", source_run_id=run_id)
        client.create_model_version(name, f"runs:/{run_id}/model", run_id, tags=tags)
    return world


def own_commits(checkout: Checkout, name: str) -> list[str]:
    """Commit the history anew, so that no version of another test has its commits."""
    made: list[str] = []
    for tree in ("HEAD~2^{tree}", "HEAD~1^{tree}", "HEAD^{tree}"):
        parent = ["-p", made[-1]] if made else []
        user = ["-c", "user.name=a", "-c", "user.email=b"]
        made.append(checkout.git(*user, "commit-tree", tree, "-m", name, *parent))
    checkout.git("update-ref", "refs/heads/main", made[-1])
    return made


def damage(world: World, name: str) -> list[str]:
    """Return the problems of live versions; the files of their models are on no server here."""
    found = verify(world.root, name, read_policy(world.root))
    return [str(problem) for problem in found.problems if problem.part != "model"]


@pytest.fixture
def age(candidates, name, database, client):
    """Have versions decided on, and registered long ago, and the objects of the cache written long ago."""

    def make(*versions: int) -> None:
        for number in versions:
            client.set_model_version_tag(name, str(number), DECISION, "not better")
            make_old(database, name, number, OLD)
        then = time.time() - OLD * 24 * 3600
        for file in (candidates.root / ".dvc" / "cache" / "files").rglob("*"):
            os.utime(file, (then, then))

    return make


def numbers(client: mlflow.MlflowClient, name: str) -> set[int]:
    return {int(version.version) for version in client.search_model_versions(f"name = '{name}'")}


def prune(world: World, name: str, *args: str) -> str:
    done = world.run("prune", "--model", name, *args)
    assert done.exit_code == 0, (done.output, done.exception)
    return " ".join(done.stdout.split())
