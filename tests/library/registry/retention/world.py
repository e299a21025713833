"""A project with two versions that were champion: one published from a checkout, one from a recorded run."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from dvc.repo import Repo

from tests.library.conftest import Checkout
from trimtab.cli.main import cli
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.record.recorded_files import open_recorded_outputs
from trimtab.registry import Candidate, publish
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.promotion.checkout_registration import publish_checkout

NAME = "kept"
CHECKOUT, RECORD = 1, 2  # versions: how each was published
RETENTION = """
retention: {champion_days: 730, candidate_days: 90, verdict_days: 730, report_days: 30, object_days: 30}
"""


@dataclass(frozen=True)
class World:
    """A project, its DVC remote beside it, and where MLflow's server keeps its data."""

    folder: Path
    mlflow: Path

    @property
    def root(self) -> Path:
        return self.folder / "project"

    @property
    def checkout(self) -> Checkout:
        return Checkout(self.root)

    def copy(self, folder: Path) -> World:
        """Copy project and remote: what is damaged there is not damaged here. MLflow is the same."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return World(folder, self.mlflow)

    def object(self, oid: str, *, remote: bool = False) -> Path:
        store = self.folder / "remote" if remote else self.root / ".dvc" / "cache"
        return store / "files" / "md5" / oid[:2] / oid[2:]

    def artifact(self, client, version: int, file: str = "model.skops") -> Path:
        model_id = client.get_model_version(NAME, str(version)).source.rpartition("/")[2]
        (found,) = (self.mlflow / "artifacts").rglob(f"{model_id}/artifacts/{file}")
        return found

    def run(self, *args: str) -> Result:
        """Run a command of the command line in the project."""
        before = Path.cwd()
        os.chdir(self.root)
        try:
            return CliRunner().invoke(cli, args)
        finally:
            os.chdir(before)

    def verify(self, *args: str) -> dict[tuple[int | None, str], list[str]]:
        """Verify, and return what is wrong by version and part; the exit code says the same."""
        done = self.run("verify", "--json", *args)
        assert done.exit_code in (0, 1), (done.output, done.exception)
        problems = json.loads(done.stdout)["problems"]
        assert done.exit_code == bool(problems)
        found: dict[tuple[int | None, str], list[str]] = {}
        for problem in problems:
            found.setdefault((problem["version"], problem["part"]), []).append(problem["what"])
        return found


def write(path: Path, content: bytes) -> None:
    """Write into a file, which may be protected."""
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(0o444)


def flip(path: Path, place: int = 0) -> bytes:
    """Flip one bit of a file, and return what it held."""
    held = path.read_bytes()
    write(path, held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :])
    return held


@pytest.fixture(scope="session")
def world(server, database, template, weak, strong, tmp_path_factory) -> World:
    made_world = World(tmp_path_factory.mktemp("keep") / "world", database.parent)
    made_world.folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        made = template.copy(made_world.folder, NAME)
        prepare(made.root)
        made.put(weak)
        made.repro()
        made_world.checkout.commit("Weak")
        push(made.root)
        publish_checkout(made.root, Project(made.root).graph(), reason="schedule", by="alice")
        made.put(strong)
        made_world.checkout.commit("Strong")
        publish_run(made_world, {"train.c": 0.01})
        make_champion(CHECKOUT, RECORD)
    return made_world


def prepare(root: Path, name: str = NAME) -> None:
    """Make the registry's project one of git, with a remote."""
    file = root / "dvc.yaml"
    file.write_text(file.read_text().replace("  flights: {", f"  {name}: {{"))
    (root / ".dvc" / "config").write_text(
        "[core]\n    remote = storage\n['remote \"storage\"']\n    url = ../../remote\n"
    )
    (root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n/config.local\n")
    (root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n")
    params = root / "params.yaml"
    params.write_text(params.read_text() + RETENTION)
    checkout = Checkout(root)
    checkout.git("init", "--quiet", "-b", "main")
    checkout.commit("First")


def push(root: Path) -> None:
    with Checkout(root).dvc() as repo:
        assert isinstance(repo, Repo)
        repo.push()


def publish_run(world: World, overrides: dict[str, object] | None = None) -> None:
    """Publish what the engine has run, as the DAG does."""
    run = world.checkout.run_all(overrides)
    lineage = {"record": run.record.commit, "git_revision": run.revision.baseline}
    with open_recorded_outputs(world.root, run.record.commit, Candidate.paths) as (folder, graph):
        publish(Candidate.gather(folder, graph, lineage=lineage))


def make_champion(*versions: int) -> None:
    import mlflow

    client = mlflow.MlflowClient(os.environ["MLFLOW_TRACKING_URI"])
    for number in versions:
        switch_champion(
            client, reconcile(client, NAME), champion=number, how="promoted", by="training/1", reason="r"
        )


def make_old(database: Path, name: str, version: int, days: float) -> None:
    """Have a version registered some days earlier."""
    with sqlite3.connect(database) as connection:
        connection.execute(
            "UPDATE model_versions SET creation_time = creation_time - ? WHERE name = ? AND version = ?",
            (int(days * 24 * 3600 * 1000), name, version),
        )
    connection.close()
