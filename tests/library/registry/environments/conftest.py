"""A champion in one MLflow store, and an environment with another store and another DVC remote."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import mlflow
import pytest
from dvc.repo import Repo

from tests.library.registry.fixtures import Made
from trimtab.registry import Version, find_version, promote_manually
from trimtab.registry.environments import EnvironmentPromotion, find_target, promote_to
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.registry.promotion.checkout_registration import publish_checkout
from trimtab.registry.tracking import list_versions


def git(*args: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *args]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@dataclass(frozen=True)
class Environments:
    """The checkout of a project, whose model is champion in dev; prod has nothing yet."""

    project: Made
    dev: str
    prod: str
    prod_remote: Path

    def promote(self, number: int = 1, **options: object) -> EnvironmentPromotion:
        target = find_target(self.project.root, "prod")
        version = find_version(self.project.name, number)
        return promote_to(self.project.root, version, target, by="bob", reason="release", **options)

    def crown(self, *, model: object = None) -> Version:
        """Publish the checkout in dev and make it champion there; another model if one is given."""
        if model is not None:
            self.project.put(model)
            self.commit("Another model")
        (version,) = publish_checkout(self.project.root, self.project.graph, reason="new", by="alice")
        promote_manually(version, by="alice", reason="agreed")
        return version

    def commit(self, message: str) -> None:
        """Run the pipeline, and commit what it leaves."""
        self.project.repro()
        git("add", "-A")
        git("commit", "-qm", message)

    def entries(self) -> tuple[LedgerEntry, ...]:
        with self.in_prod() as client:
            return Ledger.read(client, self.project.name).entries

    def versions(self) -> list[Version]:
        with self.in_prod() as client:
            found = [each.version for each in list_versions(self.project.name)]
            return [Version.read(client, self.project.name, number) for number in sorted(found)]

    @contextlib.contextmanager
    def in_prod(self) -> Iterator[mlflow.MlflowClient]:
        os.environ["MLFLOW_TRACKING_URI"] = self.prod
        mlflow.set_tracking_uri(self.prod)
        try:
            yield mlflow.MlflowClient()
        finally:
            os.environ["MLFLOW_TRACKING_URI"] = self.dev
            mlflow.set_tracking_uri(self.dev)

    def objects(self) -> list[Path]:
        """The cache objects in prod's remote."""
        folder = self.prod_remote / "files" / "md5"
        return sorted(path for path in folder.rglob("*") if path.is_file())


def refuse(environments: Environments, error: type[Exception], match: str, number: int = 1) -> None:
    """Check that a promotion is refused, and that prod's registry has nothing of it."""
    before = environments.entries(), environments.versions()
    with pytest.raises(error, match=match):
        environments.promote(number)
    assert (environments.entries(), environments.versions()) == before


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database without content: its tables take seconds to create."""
    file = tmp_path_factory.mktemp("stores") / "empty.db"
    mlflow.MlflowClient(f"sqlite:///{file}").search_experiments()
    return file


@pytest.fixture
def environments(
    made_project: Made, empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Environments:
    root = made_project.root
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    uris = {}
    home = tmp_path / uuid4().hex  # MLflow keeps stores open by their address, and pytest reuses its folders
    for name in ("dev", "prod"):
        folder = home / name
        folder.mkdir(parents=True)
        (folder / "mlflow.db").write_bytes(empty_store.read_bytes())
        uris[name] = f"sqlite:///{folder}/mlflow.db"
        client = mlflow.MlflowClient(uris[name], uris[name])
        client.create_experiment(made_project.name, artifact_location=str(folder / "artifacts"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uris["dev"])
    mlflow.set_tracking_uri(uris["dev"])
    (root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n/mlruns\n")
    (root / ".dvc" / ".gitignore").write_text("/config.local\n/tmp\n/cache\n")
    (root / "dvc.yaml").write_text(
        (root / "dvc.yaml").read_text().replace("  flights: {", f"  {made_project.name}: {{")
    )
    (root / ".dvc" / "config").write_text(
        f"[core]\n    remote = dev\n['remote \"dev\"']\n    url = {home}/dev/remote\n"
        f"['remote \"prod\"']\n    url = {home}/prod/remote\n"
    )
    (root / "trimtab.yaml").write_text(f"environments:\n  prod: {{mlflow: '{uris['prod']}', remote: prod}}\n")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "First")
    with Repo(str(root)) as repo:
        repo.push()
    found = Environments(made_project, uris["dev"], uris["prod"], home / "prod" / "remote")
    found.crown()
    return found
