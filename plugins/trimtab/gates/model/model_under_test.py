"""What is judged: a model, its tables, and what it says of them. Read and scored once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trimtab.errors import closest
from trimtab.metrics import Labels
from trimtab.model_file import load_estimator
from trimtab.resampling import Bootstrap, Floats
from trimtab.tables import GateInputError, open_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Classifier:
    """A fitted binary classifier and the columns it reads."""

    estimator: Any
    features: tuple[str, ...]

    def score(self, rows: pd.DataFrame) -> Floats:
        """Return the probability of the positive class, of shape (n_rows,); nothing is checked of it."""
        scores: Floats = np.asarray(self.estimator.predict_proba(rows[list(self.features)])[:, 1], float)
        return scores


@dataclass(frozen=True)
class ScoredTable:
    """A table with outcomes and scores.

    Attributes:
        rows: The table.
        labels: Whether a row is positive, of shape (n_rows,).
        scores: What the model says, of shape (n_rows,).
    """

    rows: pd.DataFrame
    labels: Labels
    scores: Floats

    @property
    def problem(self) -> str:
        """Why nothing can be said of the scores, if so."""
        return invalid_scores(self.scores)


@dataclass(frozen=True)
class ModelUnderTest:
    """What a gate's checks look at.

    Attributes:
        model: The model.
        path: Its file.
        test: The table it is judged on.
        baseline: What the baseline says of that table, if there is one.
        train: The table it was trained on, if given; of a larger one as many rows as the test table has.
        bootstrap: How uncertainty is measured.
    """

    model: Classifier
    path: Path
    test: ScoredTable
    baseline: Floats | None
    train: ScoredTable | None
    bootstrap: Bootstrap


def load_model_under_test(
    *,
    model: Path,
    test: Path,
    label: str,
    baseline: Path | None,
    train: Path | None,
    trusted_types: Sequence[str],
    bootstrap: Bootstrap,
) -> ModelUnderTest:
    """Read the files and score the tables.

    Raises:
        ModelError: A model cannot be loaded.
        GateInputError: A table cannot be read, lacks what a model reads, or its labels say nothing.
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
    )


def invalid_scores(scores: Floats) -> str:
    """Return how many scores are no probabilities, if any."""
    bad = int((~((scores >= 0) & (scores <= 1))).sum())
    return f"{bad:,} of {len(scores):,} scores are no probabilities" if bad else ""


def missing_columns(names: Sequence[str], table: pd.DataFrame) -> str:
    """Return which columns a table lacks, each with the nearest that it has; nothing if it has all."""
    known = [str(name) for name in table.columns]
    absent = [name for name in dict.fromkeys(names) if name not in known]
    return "; ".join(f"there is no column '{name}'{closest(name, known)}" for name in absent)


def _load_classifier(path: Path, trusted_types: Sequence[str], columns: tuple[str, ...]) -> Classifier:
    """Load a model; one that was fitted without names is taken to read ``columns``."""
    estimator = load_estimator(path, trusted_types)
    if not hasattr(estimator, "predict_proba") or len(getattr(estimator, "classes_", ())) != 2:
        raise GateInputError(
            "fail",
            f"The model, a {type(estimator).__name__}, does not tell the probability of one of two classes",
            where=path.name,
            fix="the gate judges fitted binary classifiers with predict_proba",
        )
    return Classifier(estimator, tuple(map(str, getattr(estimator, "feature_names_in_", columns))))


def _read(path: Path, label: str) -> pd.DataFrame:
    """Read a table whose labels are 0 or 1, and both occur."""
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
            f"'{label}' is {int(table[label].iloc[0])} in all {len(table):,} rows: nothing can be judged",
            where=path.name,
            fix="judge the model on a table that holds both outcomes",
        )
    return table


def _some(table: pd.DataFrame, rows: int, seed: int) -> pd.DataFrame:
    return table.sample(rows, random_state=seed) if len(table) > rows else table


def _score(scorer: Classifier, table: pd.DataFrame, path: Path, label: str) -> ScoredTable:
    if label in scorer.features:
        raise GateInputError(
            "fail", f"The model reads '{label}', the very outcome it should tell", where=path.name
        )
    if absent := missing_columns(scorer.features, table):
        raise GateInputError(
            "fail",
            f"The model reads columns that the table lacks: {absent}",
            where=path.name,
            fix="make table and model with the same stages",
        )
    return ScoredTable(table, table[label].to_numpy(dtype=float) == 1, scorer.score(table))
