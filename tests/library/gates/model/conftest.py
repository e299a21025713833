"""A small model with everything a gate may look at, and the gate as a test calls it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from tests.library.quantile_models import fit_quantiles
from trimtab.gates import GateReport, check_model

LABEL = "late"
SCORE = {"type": "score", "metric": "roc_auc", "min": 0.1}
NUMBERS = ["delay", "wind", "noise"]


def make_table(rows: int, seed: int) -> pd.DataFrame:
    """Draw rows: ``delay`` tells much, ``wind`` a little, ``origin`` a little, ``noise`` nothing."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "delay": random.normal(size=rows),
            "wind": random.normal(size=rows),
            "noise": random.normal(size=rows),
            "origin": random.choice(["EWR", "JFK", "LGA"], size=rows, p=[0.5, 0.3, 0.2]),
            "weekday": random.integers(0, 7, size=rows),
        }
    )
    odds = -1 + 1.5 * table["delay"] + 0.4 * table["wind"] + 0.5 * (table["origin"] == "EWR")
    table[LABEL] = (random.random(rows) < 1 / (1 + np.exp(-odds))).astype("int64")
    return table


def with_minutes(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Replace the label by a number that the same features explain, with skewed errors of some minutes."""
    random = np.random.default_rng([seed, 1])  # another stream than that of the features
    known = 12 * table["delay"] + 3 * table["wind"] + 4 * (table["origin"] == "EWR")
    minutes = 20 + known + random.gamma(2, 3, len(table))
    return table.drop(columns=LABEL).assign(minutes=minutes)


def with_kind(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Replace the label by one of three classes that follow each other as the delay grows."""
    random = np.random.default_rng([seed, 1])
    known = 1.5 * table["delay"] + 0.4 * table["wind"] + 0.5 * (table["origin"] == "EWR")
    place = np.digitize(known + random.normal(size=len(table)) * 0.7, [-1, 1.2])
    return table.drop(columns=LABEL).assign(kind=np.array(["early", "punctual", "late"])[place])


def fit_classifier(first: Any, rows: pd.DataFrame, labels: pd.Series) -> Pipeline:
    return make_pipeline(first, LogisticRegression()).fit(rows, labels)


def fit_regressor(first: Any, rows: pd.DataFrame, labels: pd.Series) -> Pipeline:
    return make_pipeline(first, LinearRegression()).fit(rows, labels)


@dataclass(frozen=True)
class Example:
    """A problem type with a label that the same table has, and how a model of it is fitted.

    ``fit`` takes the first step of the model, rows and labels.
    """

    label: str
    fit: Callable[[Any, pd.DataFrame, pd.Series], Pipeline]
    with_label: Callable[[pd.DataFrame, int], pd.DataFrame] = lambda table, seed: table


EXAMPLES: Mapping[str, Example] = {
    "binary": Example(LABEL, fit_classifier),
    "multiclass": Example("kind", fit_classifier, with_kind),
    "regression": Example("minutes", fit_regressor, with_minutes),
    "quantile": Example("minutes", fit_quantiles, with_minutes),
}


def learn(table: pd.DataFrame, numbers: list[str], categories: list[str], problem: str) -> Pipeline:
    encode = ColumnTransformer([("c", OneHotEncoder(), categories), ("n", "passthrough", numbers)])
    example = EXAMPLES[problem]
    return example.fit(encode, table[[*categories, *numbers]], table[example.label])


TRAIN, TEST = make_table(2000, seed=1), make_table(2000, seed=2)


@cache
def dumped(numbers: tuple[str, ...], categories: tuple[str, ...] = (), problem: str = "binary") -> bytes:
    train = EXAMPLES[problem].with_label(TRAIN, 1)
    return skops.io.dumps(learn(train, [*numbers], [*categories], problem))


@dataclass
class Lab:
    """Files for the gate, and what a test replaces of them."""

    folder: Path
    problem: str = "binary"
    train: pd.DataFrame = field(default_factory=TRAIN.copy)
    test: pd.DataFrame = field(default_factory=TEST.copy)

    @classmethod
    def of(cls, problem: str, folder: Path) -> Lab:
        """Return the lab of a problem type."""
        with_label = EXAMPLES[problem].with_label
        return cls(folder, problem, with_label(TRAIN, 1), with_label(TEST, 2))

    @property
    def label(self) -> str:
        return EXAMPLES[self.problem].label

    def fit(self, numbers: list[str], categories: Sequence[str] = ()) -> Pipeline:
        return learn(self.train, numbers, [*categories], self.problem)

    def run_gate(
        self,
        *checks: dict[str, Any],
        model: Any = None,
        baseline: Any = None,
        test: pd.DataFrame | None = None,
        **section: Any,
    ) -> GateReport:
        """Run the gate; a model may be an estimator or the bytes of its file."""
        dump = partial(dumped, problem=self.problem)
        models = {
            "model": dump(("delay", "wind", "noise"), ("origin",)) if model is None else model,
            "baseline": dump(("wind",)) if baseline is None else baseline,
        }
        for name, estimator in models.items():
            content = estimator if isinstance(estimator, bytes) else skops.io.dumps(estimator)
            (self.folder / f"{name}.skops").write_bytes(content)
        for name, table in {"train": self.train, "test": self.test if test is None else test}.items():
            table.to_parquet(self.folder / f"{name}.parquet")
        declared = {"label": self.label, "resamples": 200, "checks": list(checks)}
        if self.problem != "binary":  # which is what a project has that declares nothing
            declared["problem_type"] = self.problem
        declared |= section
        (self.folder / "params.yaml").write_text(json.dumps({"validate_model": declared}))
        return self.run_gate_on_files()

    def run_gate_on_files(self) -> GateReport:
        """Run the gate on what lies in the folder."""
        return check_model(
            params=self.folder / "params.yaml",
            section="validate_model",
            out=self.folder / "out",
            model=self.folder / "model.skops",
            baseline=self.folder / "baseline.skops",
            train=self.folder / "train.parquet",
            test=self.folder / "test.parquet",
            root=self.folder,
        )


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


@pytest.fixture
def regression(tmp_path: Path) -> Lab:
    return Lab.of("regression", tmp_path)


@pytest.fixture
def multiclass(tmp_path: Path) -> Lab:
    return Lab.of("multiclass", tmp_path)


@pytest.fixture
def quantile(tmp_path: Path) -> Lab:
    return Lab.of("quantile", tmp_path)


@pytest.fixture(params=EXAMPLES)
def any_lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    """The lab of each problem type."""
    return Lab.of(request.param, tmp_path)


@pytest.fixture
def run_gate(lab: Lab) -> Callable[..., GateReport]:
    return lab.run_gate
