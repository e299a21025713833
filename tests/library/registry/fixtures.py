"""A real MLflow server, and a real DVC project whose stages copy what a test puts into ``made/``."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import mlflow
import numpy as np
import pandas as pd
import pytest
import skops.io
from dvc.repo import Repo
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from tests.library.registry.rows import FEATURES, flights
from trimtab.drift import build_reference
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.graph.project import Project
from trimtab.registry import Candidate, Version, publish
from trimtab.registry.ledger.ledger_storage import ledger_name
from trimtab.registry.tracking.seal import write_seal
from trimtab.registry.tracking.version_tags import SEAL

# What a conftest takes by `import *`.
__all__ = [
    "aliases",
    "assert_nothing_registered",
    "checkout",
    "client",
    "closed_port",
    "contenders",
    "database",
    "environment",
    "made_project",
    "published",
    "record",
    "runs",
    "server",
    "strong",
    "strong_again",
    "template",
    "trees",
    "weak",
]

LINEAGE = {
    "git_revision": "4f1c2d3",
    "data_window": "2013-01-01..2013-04-01",
    "data_until": "2013-04-01",
    "dag_run": "training/loop__2013-05-01",
    "reason": "schedule",
}
DRIFT = "drift: {min_rows: 100, max_metric_drop: 0.1, max_score_psi: 0.25}\n"
PIPELINE = """
stages:
  validate_raw:
    cmd: mkdir -p reports && cp -r made/validate_raw reports/
    deps: [made/validate_raw]
    outs: [reports/validate_raw]
    meta: {trimtab: {gate: data}}
  train:
    cmd: mkdir -p models && cp made/flights.skops made/input_example.parquet models/
    deps: [made/flights.skops, made/input_example.parquet, reports/validate_raw]
    params: [train]
    outs: [models/flights.skops, models/input_example.parquet]
  evaluate:
    cmd: cp made/reference.json models/ && cp made/metrics.json reports/ && cp -r made/plots reports/
    deps: [models/flights.skops, made/reference.json, made/metrics.json, made/plots]
    outs: [models/reference.json]
    metrics: [reports/metrics.json: {cache: false}]
    plots: [reports/plots]
  validate_model:
    cmd: cp -r made/validate_model reports/
    deps: [made/validate_model, reports/metrics.json]
    outs: [reports/validate_model]
    meta: {trimtab: {gate: model}}
artifacts:
  flights: {path: models/flights.skops, type: model, desc: Late or not?, meta: {trusted_types: []}}
  flights-input-example: {path: models/input_example.parquet, type: input-example}
  flights-history: {path: reports/plots/learning_curve.csv, type: training-history}
  flights-reference: {path: models/reference.json, type: drift-reference}
  flights-test: {path: made/test.parquet, type: test-window, meta: {label: late}}
"""


@dataclasses.dataclass(frozen=True)
class Made:
    """A project whose pipeline has run."""

    root: Path
    graph: Graph

    @property
    def name(self) -> str:
        return next(artifact.name for artifact in self.graph.artifacts if artifact.type == "model")

    @property
    def test(self) -> Path:
        return self.root / "made" / "test.parquet"

    def copy(self, folder: Path, name: str) -> Made:
        """Copy the project, and name its model."""
        root = folder / "project"
        shutil.copytree(self.root, root, symlinks=True)
        return Made(root, self.graph).declare("model", name=name)

    def repro(self, *targets: str) -> None:
        with contextlib.chdir(self.root), Repo(str(self.root)) as repo:
            repo.reproduce(list(targets) or None, single_item=bool(targets))

    def put(self, model: ClassifierMixin) -> None:
        (self.root / "made" / "flights.skops").write_bytes(dumped(model))

    def gather(self) -> Candidate:
        return Candidate.gather(self.root, self.graph, lineage=LINEAGE)

    def publish(self, model: ClassifierMixin | None = None) -> Version:
        """Publish the project, after training another model if one is given."""
        if model is not None:
            self.put(model)
            self.repro()
        return publish(self.gather())

    def report(self, gate: str, **changes: Any) -> None:
        """Change the report of a gate."""
        path = self.root / "made" / gate / "report.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
        shutil.copy(path, self.root / "reports" / gate)

    def declare(self, type_: str, **changes: Any) -> Made:
        """Return the project with a changed declaration of an artifact."""
        artifacts = tuple(
            dataclasses.replace(artifact, **changes) if artifact.type == type_ else artifact
            for artifact in self.graph.artifacts
        )
        return dataclasses.replace(self, graph=dataclasses.replace(self.graph, artifacts=artifacts))


@functools.cache
def dumped(model: ClassifierMixin) -> bytes:
    """Dump a model once, because each dump has the current time."""
    return skops.io.dumps(model)


def fit(*columns: str, **settings: Any) -> Pipeline:
    """Fit a model that reads every feature and uses those in ``columns``."""
    table = flights(400, seed=1)
    encode = ColumnTransformer(
        [
            ("category", OneHotEncoder(handle_unknown="ignore"), [c for c in columns if c == "carrier"]),
            ("number", "passthrough", [c for c in columns if c != "carrier"]),
        ]
    )
    return make_pipeline(encode, LogisticRegression(**settings)).fit(table[FEATURES], table["late"])


@pytest.fixture(scope="session")
def strong() -> Pipeline:
    return fit("carrier", "hour")


@pytest.fixture(scope="session")
def strong_again() -> Pipeline:
    """Another file, the same predictions."""
    return fit("carrier", "hour", max_iter=777)


@pytest.fixture(scope="session")
def weak() -> Pipeline:
    return fit("carrier")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, strong: Pipeline) -> Made:
    root = tmp_path_factory.mktemp("registry") / "project"
    (root / "made" / "plots").mkdir(parents=True)
    made = root / "made"
    (root / "dvc.yaml").write_text(PIPELINE)
    many = "".join(f"\n    w{i}: {i}" for i in range(101))
    (root / "params.yaml").write_text(
        f"train:\n  c: 1e-3\n  weights: {many}\npromote:\n  metric: roc_auc\n{DRIFT}"
    )
    (made / "flights.skops").write_bytes(dumped(strong))
    flights(5, seed=2)[FEATURES].to_parquet(made / "input_example.parquet")
    held_out = flights(300, seed=3)
    scores = strong.predict_proba(held_out[FEATURES])[:, 1]
    build_reference(held_out[FEATURES], scores, held_out["late"]).save(made / "reference.json")
    held_out.to_parquet(made / "test.parquet")
    (made / "metrics.json").write_text(
        '{"model": {"roc_auc": 0.81, "rows": 300}, "baseline": {"roc_auc": 0.7}}'
    )
    (made / "plots" / "roc.csv").write_text("fpr,tpr\n0,0\n1,1\n")
    (made / "plots" / "learning_curve.csv").write_text(
        "epoch,loss,test_loss\n1,0.6,0.61\n2,0.5,\n3,0.4,0.55\n"
    )
    for gate, kind in (("validate_raw", "data"), ("validate_model", "model")):
        report = {"schema": "trimtab.gate-report/1", "gate": kind, "verdict": "pass", "evaluated": 3}
        (made / gate).mkdir()
        (made / gate / "report.json").write_text(json.dumps(report))
        (made / gate / "report.html").write_text("<h1>pass</h1>")
        (made / gate / "metrics.json").write_text('{"evaluated": 3, "failed": 0}')
    Repo.init(str(root), no_scm=True).close()
    project = Made(root, Project(root).graph())
    project.repro()
    return project


@pytest.fixture
def made_project(template: Made, tmp_path: Path, request: pytest.FixtureRequest) -> Made:
    """A copy of the project; its model has the name of the test."""
    return template.copy(tmp_path, request.node.name.translate(str.maketrans("_[", "--", "]")))


@pytest.fixture
def checkout(client: mlflow.MlflowClient, made_project: Made, monkeypatch: pytest.MonkeyPatch) -> Made:
    """The project in its own git repository, with its model in dvc.yaml, and the user alice."""
    monkeypatch.chdir(made_project.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("LOGNAME", "alice")
    (made_project.root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n")
    (made_project.root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n")
    file = made_project.root / "dvc.yaml"
    file.write_text(file.read_text().replace("  flights: {", f"  {made_project.name}: {{"))
    for args in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "First"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], check=True)
    return made_project


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(scope="session")
def closed_port() -> int:
    """A port on which nothing listens."""
    return free_port()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's database, a SQLite file."""
    return tmp_path_factory.mktemp("mlflow") / "mlflow.db"


@pytest.fixture(scope="session")
def server(database: Path) -> Iterator[str]:
    """A real MLflow server, in a folder of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = start_server(database.parent, f"sqlite:///{database}", port)
    try:
        wait_until_healthy(url, process, database.with_name("server.log"))
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def start_server(folder: Path, store: str, port: int, *options: str) -> subprocess.Popen[bytes]:
    """Start MLflow on a database, with its artifacts and its log in the folder."""
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", store, "--workers", "1"]
    command += ["--artifacts-destination", str(folder / "artifacts"), *options]
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (folder / "server.log").open("w") as log:
        return subprocess.Popen(command, env={**os.environ, **quiet}, stdout=log, stderr=log, cwd=folder)


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/health", timeout=5).status_code == 200:
                return
        assert process.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """Restore the environment after each test: the library moves credentials into it."""
    before = dict(os.environ)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    yield
    for name in os.environ.keys() - before.keys():  # not all at once: MLflow's threads read it meanwhile
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture
def client(server: str, environment: None) -> mlflow.MlflowClient:
    """A client of the server, which MLFLOW_TRACKING_URI names."""
    os.environ["MLFLOW_TRACKING_URI"] = server
    mlflow.set_tracking_uri(server)  # of another server, if an earlier test has set it
    return mlflow.MlflowClient(server, server)


WEAK, STRONG, STRONG_AGAIN = 1, 2, 3  # the contenders


@pytest.fixture(scope="session")
def contenders(server, template, tmp_path_factory, weak, strong, strong_again) -> dict[int, Version]:
    """Three registered versions: a weak model, a strong one, and another with the same predictions."""
    return register(server, template, tmp_path_factory, weak, strong, strong_again)


def register(server, template, tmp_path_factory, *models: Pipeline) -> dict[int, Version]:
    """Register versions of one model on a server."""
    project = template.copy(tmp_path_factory.mktemp("contenders"), "contenders")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        published = [project.publish(model) for model in models]
    return {version.version: version for version in published}


@pytest.fixture
def aliases(client: mlflow.MlflowClient, contenders: dict[int, Version]) -> Callable[[], dict[str, int]]:
    """Return a function that reads the contenders' aliases; at first there is no alias and no ledger."""
    name = contenders[1].name

    def look() -> dict[str, int]:
        found = client.get_registered_model(name).aliases
        return {alias: int(number) for alias, number in found.items()}

    for alias in look():
        client.delete_registered_model_alias(name, alias)
    ledger = client.get_experiment_by_name(ledger_name(name))
    if ledger:
        client.rename_experiment(ledger.experiment_id, f"{ledger.name}-{time.time_ns()}")
    return look


@pytest.fixture
def runs(client: mlflow.MlflowClient) -> Callable[[str], list[Any]]:
    """Return a function that lists the runs of an experiment; none if it does not exist."""

    def find(name: str) -> list[Any]:
        experiment = client.get_experiment_by_name(name)
        return list(client.search_runs([experiment.experiment_id])) if experiment else []

    return find


@pytest.fixture
def assert_nothing_registered(
    client: mlflow.MlflowClient, runs: Callable[[str], list[Any]]
) -> Callable[[str], None]:
    def look(name: str) -> None:
        assert client.search_registered_models(f"name = '{name}'") == []
        assert client.search_model_versions(f"name = '{name}'") == []
        assert runs(name) == []

    return look


@pytest.fixture(scope="module")
def published(server: str, template: Made, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """Return a project whose only version is champion, by the name of its model."""

    def publish(name: str) -> Made:
        project = template.copy(tmp_path_factory.mktemp("windows"), name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLFLOW_TRACKING_URI", server)
            project.publish()
        mlflow.MlflowClient(server, server).set_registered_model_alias(name, "champion", "1")
        (project.root / "windows").mkdir()
        return project

    return publish


@pytest.fixture
def record(client: mlflow.MlflowClient, database: Path) -> Callable[..., None]:
    """Return a function that changes tags and seal of a champion, as if it was registered with them.

    It writes to the database, because a seal is a param, which MLflow's API does not change.
    """

    def rewrite(project: Any, **tags: str) -> None:
        for tag, value in tags.items():
            client.set_model_version_tag(project.name, "1", f"trimtab.{tag}", value)
        version = Version.read(client, project.name, 1)
        seal = write_seal(version.tags, json.loads(version.seal)["files"])
        with contextlib.closing(sqlite3.connect(database)) as held, held:
            held.execute(
                "UPDATE params SET value = ? WHERE run_uuid = ? AND key = ?", (seal, version.run_id, SEAL)
            )

    return rewrite


TREE = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"


@pytest.fixture(scope="session")
def trees():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"distance": rng.random(80), "hour": rng.random(80)})
    return HistGradientBoostingClassifier(max_iter=2).fit(rows, rows["hour"] > 0.5)


def put_hour_example(project):
    """Put an input example of the trees' columns."""
    pd.DataFrame({"distance": [0.1, 0.2], "hour": [0.3, 0.9]}).to_parquet(
        project.root / "made/input_example.parquet"
    )
