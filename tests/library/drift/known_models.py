"""Models of each problem type whose reasons are known: they read `size` and `town`, and never `idle`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from trimtab.drift import ReferenceProfile, build_reference
from trimtab.learning import PROBLEM_TYPES, ProblemType

FEATURES = ["idle", "size", "town"]
TOWNS = {"A": -1.0, "B": 0.0, "C": 1.0}
CLASSES = ("cat", "dog", "eel")


def draw_rows(seed: int, rows: int = 2000, *, spread: float = 10.0) -> pd.DataFrame:
    """Draw rows with nulls, and a column of pandas' type for categories."""
    rng = np.random.default_rng(seed)
    town = rng.choice([*TOWNS, None], rows, p=[0.4, 0.3, 0.2, 0.1])
    size = rng.normal(50, spread, rows)
    return pd.DataFrame(
        {
            "size": np.where(rng.random(rows) < 0.05, np.nan, size),
            "town": pd.Categorical(town, categories=list(TOWNS)),
            "idle": rng.normal(size=rows),
        }
    )


def signal(rows: pd.DataFrame) -> np.ndarray:
    town = rows["town"].astype(object).map(TOWNS).astype(float).fillna(0.5)
    return ((rows["size"].fillna(50) - 50) / 10 + 0.8 * town).to_numpy()


def predict_binary(rows: pd.DataFrame) -> np.ndarray:
    return 1 / (1 + np.exp(-signal(rows)))


def predict_classes(rows: pd.DataFrame) -> np.ndarray:
    odds = np.exp(np.column_stack([signal(rows), np.zeros(len(rows)), -signal(rows)]))
    return odds / odds.sum(axis=1, keepdims=True)


def predict_number(rows: pd.DataFrame) -> np.ndarray:
    return 100 + 30 * signal(rows)


@dataclass(frozen=True)
class KnownModel:
    """A model, and how labels are drawn that it predicts as well as possible."""

    problem: ProblemType
    predict: Callable[[pd.DataFrame], np.ndarray]
    draw: Callable[[np.ndarray, np.random.Generator], Any]
    options: dict[str, Any] = field(default_factory=dict)

    def labels(self, rows: pd.DataFrame, seed: int = 0) -> Any:
        # Not the random numbers that the rows of the same seed were drawn with.
        return self.draw(self.predict(rows), np.random.default_rng([seed, 1]))

    def reference(self, rows: pd.DataFrame, **options: Any) -> ReferenceProfile:
        return build_reference(
            rows[FEATURES],
            self.predict(rows),
            self.labels(rows),
            **{"problem_type": self.problem.name, "predict": self.predict, **self.options, **options},
        )


MODELS = {
    "binary": KnownModel(
        PROBLEM_TYPES["binary"], predict_binary, lambda p, rng: (rng.random(len(p)) < p).astype(int)
    ),
    "multiclass": KnownModel(
        PROBLEM_TYPES["multiclass"].with_classes(CLASSES),
        predict_classes,
        lambda p, rng: np.array(CLASSES)[(rng.random((len(p), 1)) > p.cumsum(axis=1)).sum(axis=1)],
        {"classes": CLASSES},
    ),
    "regression": KnownModel(
        PROBLEM_TYPES["regression"],
        predict_number,
        lambda p, rng: p + rng.normal(0, 10, len(p)),
        {"unit": "EUR"},
    ),
}
