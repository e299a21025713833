"""Projects with a model of each further problem type, made of the project of these tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.library.quantile_models import fit_quantiles
from tests.library.registry.fixtures import Made, dumped
from trimtab.learning import PROBLEM_TYPES, ProblemType
from trimtab.pipeline.graph.project import Project
from trimtab.registry import Version

FEATURES = ["distance", "hour"]
CABINS = ["economy", "business", "first"]


def tickets(rows: int, seed: int) -> pd.DataFrame:
    """Draw random tickets: the fare and the cabin depend on the distance and, less, on the hour."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame({"distance": random.uniform(200, 2500, rows), "hour": random.uniform(5, 23, rows)})
    fare = 80 + 0.1 * table["distance"] + 6 * table["hour"] + 20 * random.standard_t(5, rows)
    level = (table["distance"] - 1350) / 400 + (table["hour"] - 14) / 10 + random.logistic(0, 0.4, rows)
    cabin = np.array(CABINS, dtype=object)[np.digitize(level, [-0.5, 1])]
    return table.assign(fare=fare, cabin=cabin, route=np.where(random.random(rows) < 0.5, "JFK", "EWR"))


@dataclasses.dataclass(frozen=True)
class Kind:
    """A problem type and its models.

    Attributes:
        name: The name of the problem type.
        label: The label column.
        fit_pipeline: Fits a model: takes its first step, rows and labels.
    """

    name: str
    label: str
    fit_pipeline: Callable[[BaseEstimator, pd.DataFrame, pd.Series | np.ndarray], Pipeline]

    @property
    def problem(self) -> ProblemType:
        return PROBLEM_TYPES[self.name]

    def fit(self, seed: int, rows: int = 400, *, weak: bool = False) -> Pipeline:
        """Fit a model; a weak one has learnt from few rows with shuffled labels."""
        table = tickets(rows, seed)
        labels = table[self.label]
        if weak:
            labels = labels.sample(frac=1, random_state=seed).to_numpy()
        return self.fit_pipeline(StandardScaler(), table[FEATURES], labels)


def fit_with(estimator: Callable[[], BaseEstimator]) -> Callable[..., Pipeline]:
    return lambda first, rows, labels: make_pipeline(first, estimator()).fit(rows, labels)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("regression", "fare", fit_with(LinearRegression)),
        Kind("multiclass", "cabin", fit_with(LogisticRegression)),
        Kind("quantile", "fare", fit_quantiles),
    )
}


def use_kind(project: Made, kind: Kind) -> Made:
    """Give a project another problem type, with a strong model, and run its pipeline."""
    _edit(
        project.root / "dvc.yaml",
        {
            "trusted_types: []": f"trusted_types: [], problem_type: {kind.name}",
            "label: late": f"label: {kind.label}",
            "  flights-reference: {path: models/reference.json, type: drift-reference}\n": "",
        },
    )
    _edit(project.root / "params.yaml", {"promote:\n  metric: roc_auc\n": "promote:\n  resamples: 100\n"})
    made = project.root / "made"
    tickets(5, seed=2)[FEATURES].to_parquet(made / "input_example.parquet")
    tickets(600, seed=3).to_parquet(made / "test.parquet")
    (made / "flights.skops").write_bytes(dumped(kind.fit(seed=1)))
    project.repro()
    return Made(project.root, Project(project.root).graph())


def make_project(template: Made, folder: Path, kind: Kind, name: str) -> Made:
    """Return a copy of the project whose model is a strong one of the kind; its pipeline has run."""
    project = template.copy(folder, name)
    _edit(project.root / "dvc.yaml", {"  flights: {": f"  {name}: {{"})
    return use_kind(project, kind)


def _edit(file: Path, changes: dict[str, str]) -> None:
    text = file.read_text()
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text)


@dataclasses.dataclass(frozen=True)
class Registered:
    """A project with two versions: a weak model and a strong one."""

    kind: Kind
    project: Made
    weak: Version
    strong: Version


@pytest.fixture(scope="session", params=KINDS)
def registered(
    request: pytest.FixtureRequest, server: str, template: Made, tmp_path_factory: pytest.TempPathFactory
) -> Registered:
    """Two registered versions of each problem type beside the binary one, which tests only look at."""
    kind = KINDS[request.param]
    project = make_project(template, tmp_path_factory.mktemp(kind.name), kind, f"tickets-{kind.name}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        strong_file = (project.root / "made" / "flights.skops").read_bytes()
        weak = project.publish(kind.fit(seed=8, weak=True))
        (project.root / "made" / "flights.skops").write_bytes(strong_file)
        project.repro()
        return Registered(kind, project, weak, project.publish())
