"""A small model with everything a gate may look at, and the gate as a test calls it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

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


def learn(table: pd.DataFrame, numbers: list[str], categories: list[str]) -> Pipeline:
    encode = ColumnTransformer([("c", OneHotEncoder(), categories), ("n", "passthrough", numbers)])
    return make_pipeline(encode, LogisticRegression()).fit(table[[*categories, *numbers]], table[LABEL])


TRAIN, TEST = make_table(2000, seed=1), make_table(2000, seed=2)


@cache
def dumped(numbers: tuple[str, ...], categories: tuple[str, ...] = ()) -> bytes:
    return skops.io.dumps(learn(TRAIN, [*numbers], [*categories]))


@dataclass
class Lab:
    """Files for the gate, and what a test replaces of them."""

    folder: Path
    train: pd.DataFrame = field(default_factory=TRAIN.copy)
    test: pd.DataFrame = field(default_factory=TEST.copy)

    def fit(self, numbers: list[str], categories: Sequence[str] = ()) -> Pipeline:
        return learn(self.train, numbers, [*categories])

    def run_gate(
        self,
        *checks: dict[str, Any],
        model: Any = None,
        baseline: Any = None,
        test: pd.DataFrame | None = None,
        **section: Any,
    ) -> GateReport:
        """Run the gate; a model may be an estimator or the bytes of its file."""
        models = {
            "model": dumped(("delay", "wind", "noise"), ("origin",)) if model is None else model,
            "baseline": dumped(("wind",)) if baseline is None else baseline,
        }
        for name, estimator in models.items():
            content = estimator if isinstance(estimator, bytes) else skops.io.dumps(estimator)
            (self.folder / f"{name}.skops").write_bytes(content)
        for name, table in {"train": self.train, "test": self.test if test is None else test}.items():
            table.to_parquet(self.folder / f"{name}.parquet")
        declared = {"label": LABEL, "resamples": 200, "checks": list(checks), **section}
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
def run_gate(lab: Lab) -> Callable[..., GateReport]:
    return lab.run_gate
