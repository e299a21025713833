"""The model under test with its tables and scores. Files are read once, tables are scored once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trimtab.errors import closest
from trimtab.learning import Bootstrap, Floats, Labels, Metric, load_estimator
from trimtab.tables import GateInputError, open_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Classifier:
    """A fitted binary classifier and the columns it reads."""

    estimator: Any
    features: tuple[str, ...]

    def score(self, rows: pd.DataFrame) -> Floats:
        """Return the probability of the positive class, of shape (n_rows,), unchecked."""
        scores: Floats = np.asarray(self.estimator.predict_proba(rows[list(self.features)])[:, 1], float)
        return scores


@dataclass(frozen=True)
class ScoredTable:
    """A table with labels and scores.

    Attributes:
        rows: The table.
        labels: Whether a row is positive, of shape (n_rows,).
        scores: Scores of the model, of shape (n_rows,).
    """

    rows: pd.DataFrame
    labels: Labels
    scores: Floats

    @property
    def problem(self) -> str:
        """Why the scores cannot be evaluated; empty if they can."""
        return invalid_scores(self.scores)


@dataclass(frozen=True)
class ModelUnderTest:
    """What the checks of a model gate are evaluated on.

    Attributes:
        model: The model.
        path: The model file.
        test: The test table.
        baseline: Scores of the baseline on the test table.
        train: The training table, sampled to at most as many rows as the test table has.
        bootstrap: The bootstrap that gives every interval.
        metrics: The metrics of the declared checks, by the names in ``params.yaml``.
    """

    model: Classifier
    path: Path
    test: ScoredTable
    baseline: Floats | None
    train: ScoredTable | None
    bootstrap: Bootstrap
    metrics: Mapping[str, Metric]

    def metric(self, name: str) -> Metric:
        """Return the metric that a check names."""
        return self.metrics[name]


def load_model_under_test(
    *,
    model: Path,
    test: Path,
    label: str,
    baseline: Path | None,
    train: Path | None,
    trusted_types: Sequence[str],
    bootstrap: Bootstrap,
    metrics: Mapping[str, Metric],
) -> ModelUnderTest:
    """Load the files and score the tables.

    Raises:
        ModelError: A model cannot be loaded.
        GateInputError: A table cannot be read, lacks a feature, or has one label only.
    """
    table = _read(test, label)
    others = tuple(str(name) for name in table.columns if name != label)
    scorer = _load_classifier(model, trusted_types, others)
    compared = None if baseline is None else _load_classifier(baseline, trusted_types, others)
    return ModelUnderTest(
        model=scorer,
        path=model,
        test=_score(scorer, table, test, label),
        baseline=None if compared is None else _score(compared, table, test, label).scores,
        train=None
        if train is None
        else _score(scorer, _some(_read(train, label), len(table), bootstrap.seed), train, label),
        bootstrap=bootstrap,
        metrics=metrics,
    )


def invalid_scores(scores: Floats) -> str:
    """Return a message if scores are not probabilities, else nothing."""
    bad = int((~((scores >= 0) & (scores <= 1))).sum())
    return f"{bad:,} of {len(scores):,} scores are no probabilities" if bad else ""


def missing_columns(names: Sequence[str], table: pd.DataFrame) -> str:
    """Return a message with the missing columns and the nearest existing one of each, or nothing."""
    known = [str(name) for name in table.columns]
    absent = [name for name in dict.fromkeys(names) if name not in known]
    return "; ".join(f"there is no column '{name}'{closest(name, known)}" for name in absent)


def _load_classifier(path: Path, trusted_types: Sequence[str], columns: tuple[str, ...]) -> Classifier:
    """Load a model. One that was fitted without feature names is taken to read ``columns``."""
    estimator = load_estimator(path, trusted_types)
    if not hasattr(estimator, "predict_proba") or len(getattr(estimator, "classes_", ())) != 2:
        raise GateInputError(
            "fail",
            f"The model, a {type(estimator).__name__}, does not predict the probability of two classes",
            where=path.name,
            fix="give a fitted binary classifier with predict_proba",
        )
    return Classifier(estimator, tuple(map(str, getattr(estimator, "feature_names_in_", columns))))


def _read(path: Path, label: str) -> pd.DataFrame:
    """Read a table whose labels are 0 and 1."""
    table = open_table(path).read()
    if absent := missing_columns([label], table):
        raise GateInputError("fail", f"No labels: {absent}", where=path.name)
    bad = int((~table[label].isin([0, 1])).sum())
    if bad:
        raise GateInputError(
            "fail", f"{bad:,} of {len(table):,} values of '{label}' are neither 0 nor 1", where=path.name
        )
    if table[label].nunique() < 2:
        raise GateInputError(
            "fail",
            f"'{label}' is {int(table[label].iloc[0])} in all {len(table):,} rows: nothing can be measured",
            where=path.name,
            fix="test the model on a table with both labels",
        )
    return table


def _some(table: pd.DataFrame, rows: int, seed: int) -> pd.DataFrame:
    return table.sample(rows, random_state=seed) if len(table) > rows else table


def _score(scorer: Classifier, table: pd.DataFrame, path: Path, label: str) -> ScoredTable:
    if label in scorer.features:
        raise GateInputError("fail", f"The model reads the label '{label}'", where=path.name)
    if absent := missing_columns(scorer.features, table):
        raise GateInputError(
            "fail",
            f"The model reads columns that the table lacks: {absent}",
            where=path.name,
            fix="make table and model with the same stages",
        )
    return ScoredTable(table, table[label].to_numpy(dtype=float) == 1, scorer.score(table))
