"""A project whose registered model is rebuilt, and one that a test may change."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from dvc.repo import Repo

from trimtab.cli.main import cli
from trimtab.pipeline.graph.project import Project
from trimtab.registry import Candidate, find_version
from trimtab.registry import publish as registering

if TYPE_CHECKING:
    from tests.library.registry.fixtures import Made

# The commit does not hold all: data is kept by DVC, and a test can choose another model outside of all files.
TRAIN = 'cp "${MODEL:-made/flights.skops}" models/flights.skops && cp made/input_example.parquet models/\n'

EDITS = {
    "cp made/flights.skops made/input_example.parquet models/": "sh made/train.sh",
    "deps: [made/flights.skops, ": "deps: [made/train.sh, rows.txt, made/flights.skops, ",
}


def make(project: Made) -> Made:
    """Put the project into a git repository of its own, its model named, some of its data kept by DVC."""
    edit("dvc.yaml", EDITS | {"  flights: {": f"  {project.name}: {{"})
    Path("made/train.sh").write_text(TRAIN)
    Path("rows.txt").write_text("rows\n")
    Path(".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n/rows.txt\n")
    Path(".dvc/.gitignore").write_text("/tmp\n/cache\n/config.local\n")
    with Repo(str(project.root)) as repo:
        repo.add("rows.txt")
    run("git", "init", "-q")
    return again(project)


def again(project: Made) -> Made:
    """Run the pipeline, and commit what it leaves."""
    project.repro()
    run("git", "add", "-A")
    run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "Run")
    return project


@pytest.fixture(scope="session")
def registered(server, template, tmp_path_factory):
    """A project whose model is registered, as version 1."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        project = template.copy(tmp_path_factory.mktemp("rebuilt"), "rebuilt")
        patch.chdir(project.root)
        make(project)
        publish()
    return project


@pytest.fixture
def checkout(client, registered, monkeypatch):
    """That project, which a test leaves as it was."""
    monkeypatch.chdir(registered.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return registered


@pytest.fixture
def own(client, project, monkeypatch):
    """One that a test may change, not registered yet."""
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return make(project)


@pytest.fixture
def tag(client, checkout):
    """Tag the version; afterwards its tags are what they were."""
    before = find_version(checkout.name, 1).tags
    yield lambda name, value: client.set_model_version_tag(checkout.name, "1", f"trimtab.{name}", value)
    for name in find_version(checkout.name, 1).tags.keys() - before.keys():
        client.delete_model_version_tag(checkout.name, "1", name)
    for name, value in before.items():
        client.set_model_version_tag(checkout.name, "1", name, value)


def edit(path: str, changes: dict[str, str]) -> None:
    text = Path(path).read_text()
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    Path(path).write_text(text)


def run(*args: str) -> str:
    done = subprocess.run(args, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def publish() -> None:
    done = CliRunner().invoke(cli, ["publish"], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def rebuild(*args: str, exits: int) -> str:
    done = CliRunner().invoke(cli, ["rebuild", "1", *args], catch_exceptions=False)
    assert done.exit_code == exits, done.output
    return done.stdout


def publish_with(project: Made, **lineage: str) -> None:
    """Publish as on another host, whose commits may be elsewhere."""
    registering(Candidate.gather(project.root, Project(project.root).graph(), lineage=lineage))
