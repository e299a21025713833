"""The model under test with its tables and scores. Files are read once, tables are scored once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import closest
from trimtab.learning import (
    INDEPENDENT,
    Blocks,
    Bootstrap,
    Dependence,
    Floats,
    Metric,
    Predictor,
    ProblemType,
    Statistic,
    Units,
    load_estimator,
    read_row_weights,
    select_units,
    to_blocks,
)
from trimtab.tables import GateInputError, open_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ScoredTable:
    """A table with labels and scores.

    Attributes:
        rows: The table.
        labels: The labels of the problem type, of shape (n_rows,); for binary, whether a row is positive.
        scores: Predictions of the model, of shape (n_rows,), or (n_rows, n_columns) if the problem type
            has several for a row.
        problem: Why the scores cannot be evaluated; empty if they can.
        blocks: The blocks in which its rows are resampled; nothing if they are independent.
        weights: How much each row counts, of shape (n_rows,); None if all count the same.
    """

    rows: pd.DataFrame
    labels: NDArray[Any]
    scores: Floats
    problem: str
    blocks: tuple[Blocks, ...] = ()
    weights: Floats | None = None


@dataclass(frozen=True)
class ModelUnderTest:
    """What the checks of a model gate are evaluated on.

    Attributes:
        model: The model.
        path: The model file.
        trusted_types: Types that it may hold beyond those that skops trusts.
        test_path: The file or folder of the test table.
        test: The test table.
        baseline: Scores of the baseline on the test table.
        train: The training table, sampled to at most as many rows as the test table has.
        bootstrap: The bootstrap of the test table, which weights its rows and gives every interval.
        metrics: The metrics of the declared checks, by the names in ``params.yaml``.
    """

    model: Predictor
    path: Path
    trusted_types: tuple[str, ...]
    test_path: Path
    test: ScoredTable
    baseline: Floats | None
    train: ScoredTable | None
    bootstrap: Bootstrap
    metrics: Mapping[str, Metric]

    @property
    def problem_type(self) -> ProblemType:
        """What the model predicts, with the classes of the models and the tables."""
        return self.model.problem

    @property
    def scarce(self) -> str:
        """Why a metric can be undefined for a resample although that of all rows is not, as a clause."""
        blocks = ", or too few groups or stretches of time have some" if self.bootstrap.blocks else ""
        return f"{self.problem_type.scarce}{blocks}"

    def metric(self, name: str) -> Metric:
        """Return the metric that a check names."""
        return self.metrics[name]

    def statistic(
        self, name: str, labels: NDArray[Any], scores: Floats, threshold: float | None = None
    ) -> Statistic:
        """Return the metric that a check names, of some rows, as a function of row weights."""
        return self.problem_type.statistic(self.metric(name), labels, scores, threshold)


def load_model_under_test(
    *,
    problem_type: ProblemType,
    model: Path,
    test: Path,
    label: str,
    baseline: Path | None,
    train: Path | None,
    trusted_types: Sequence[str],
    bootstrap: Bootstrap,
    metrics: Mapping[str, Metric],
    dependence: Dependence = INDEPENDENT,
    weight: str = "",
) -> ModelUnderTest:
    """Load the files and score the tables.

    Raises:
        ModelError: A model cannot be loaded.
        GateInputError: A model does not solve such a problem, or reads the label or the weight. Or a table
            cannot be read, lacks a feature, has invalid labels, labels that nothing can be measured against,
            or no usable groups, times or weights.
    """
    tables = {path: _read(path, label) for path in (test, train) if path}
    units = {path: _read_units(table, path, dependence) for path, table in tables.items()}
    weights = {path: _read_weights(table, path, weight) for path, table in tables.items()}
    estimators = {
        path: _load_estimator(path, problem_type, trusted_types) for path in (model, baseline) if path
    }
    for path, table in tables.items():
        if mismatch := problem_type.find_mismatch(estimators[model], table[label]):
            raise GateInputError("fail", f"'{label}' {mismatch}", where=path.name)
    known = problem_type.with_classes_of(estimators.values(), [table[label] for table in tables.values()])
    for path, estimator in estimators.items():
        _require_fit(known, estimator, path)
    labels = {path: _read_labels(known, table, path, label) for path, table in tables.items()}
    columns = tuple(str(name) for name in tables[test].columns if name not in (label, weight))
    predictors = {path: _predictor(known, estimator, columns) for path, estimator in estimators.items()}
    scorer, compared = predictors[model], predictors[baseline] if baseline else None
    trained = None
    if train:
        _require_features(scorer, tables[train], train, label, weight)
        some = _some(tables[train], len(tables[test]), bootstrap.seed)
        of_rows = weights[train]
        trained = _score(
            scorer,
            tables[train].iloc[some],
            labels[train][some],
            select_units(units[train], some),
            None if of_rows is None else of_rows[some],
        )
    for each in filter(None, (scorer, compared)):
        _require_features(each, tables[test], test, label, weight)
    tested = _score(scorer, tables[test], labels[test], units[test], weights[test])
    return ModelUnderTest(
        model=scorer,
        path=model,
        trusted_types=tuple(trusted_types),
        test_path=test,
        test=tested,
        baseline=compared.predict(tables[test]) if compared else None,
        train=trained,
        bootstrap=replace(bootstrap, blocks=tested.blocks, row_weights=tested.weights),
        metrics=metrics,
    )


def missing_columns(names: Sequence[str], table: pd.DataFrame) -> str:
    """Return a message with the missing columns and the nearest existing one of each, or nothing."""
    known = [str(name) for name in table.columns]
    absent = [name for name in dict.fromkeys(names) if name not in known]
    return "; ".join(f"there is no column '{name}'{closest(name, known)}" for name in absent)


def _load_estimator(path: Path, problem_type: ProblemType, trusted_types: Sequence[str]) -> Any:
    estimator = load_estimator(path, trusted_types, problem_type)
    _require_fit(problem_type, estimator, path)
    return estimator


def _require_fit(problem_type: ProblemType, estimator: Any, path: Path) -> None:
    if unfit := problem_type.find_unfit(estimator):
        raise GateInputError(
            "fail",
            f"The model, a {type(estimator).__name__}, does not solve a {problem_type.name} problem: {unfit}",
            where=path.name,
            fix=f"give {problem_type.estimator}, or declare another `problem_type`",
        )


def _predictor(problem_type: ProblemType, estimator: Any, columns: tuple[str, ...]) -> Predictor:
    """Return the predictor. One that was fitted without feature names is taken to read ``columns``."""
    features = tuple(map(str, getattr(estimator, "feature_names_in_", columns)))
    return Predictor(problem_type, estimator, features)


def _read(path: Path, label: str) -> pd.DataFrame:
    """Read a table whose labels are not null."""
    table = open_table(path).read()
    if absent := missing_columns([label], table):
        raise GateInputError("fail", f"No labels: {absent}", where=path.name)
    if nulls := int(table[label].isna().sum()):
        raise GateInputError(
            "fail", f"'{label}' is null in {nulls:,} of {len(table):,} rows", where=path.name
        )
    return table


def _read_labels(problem_type: ProblemType, table: pd.DataFrame, path: Path, label: str) -> NDArray[Any]:
    try:
        labels = problem_type.read_labels(table[label])
    except ValueError as err:
        raise GateInputError("fail", f"'{label}' {err}", where=path.name) from err
    if reason := problem_type.find_unmeasurable(labels):
        raise GateInputError(
            "fail",
            f"'{label}' {reason}: nothing can be measured",
            where=path.name,
            fix="test the model on a table with different labels",
        )
    return labels


def _require_features(model: Predictor, table: pd.DataFrame, path: Path, label: str, weight: str) -> None:
    for kind, column in (("label", label), ("weight", weight)):
        if column in model.features:
            raise GateInputError("fail", f"The model reads the {kind} '{column}'", where=path.name)
    if absent := missing_columns(model.features, table):
        raise GateInputError(
            "fail",
            f"The model reads columns that the table lacks: {absent}",
            where=path.name,
            fix="make table and model with the same stages",
        )


def _read_units(table: pd.DataFrame, path: Path, dependence: Dependence) -> tuple[Units, ...]:
    try:
        return dependence.units(table)
    except ValueError as err:
        raise GateInputError(
            "fail",
            str(err),
            where=path.name,
            fix="correct `group` and `time` of the section, or keep such columns in the tables",
        ) from err


def _read_weights(table: pd.DataFrame, path: Path, weight: str) -> Floats | None:
    try:
        return read_row_weights(table, weight)
    except ValueError as err:
        raise GateInputError(
            "fail",
            str(err),
            where=path.name,
            fix="correct `weight` of the section, or the stage that writes the table",
        ) from err


def _some(table: pd.DataFrame, rows: int, seed: int) -> NDArray[np.intp]:
    """Return the positions of as many rows at most."""
    if len(table) <= rows:
        return np.arange(len(table))
    return np.asarray(table.reset_index(drop=True).sample(rows, random_state=seed).index)


def _score(
    model: Predictor,
    table: pd.DataFrame,
    labels: NDArray[Any],
    units: Sequence[Units],
    weights: Floats | None,
) -> ScoredTable:
    scores = model.predict(table)
    problem = model.problem.find_invalid(scores)
    blocks: tuple[Blocks, ...] = ()
    if units and not problem:
        errors = model.problem.row_errors(labels, scores)
        blocks = to_blocks(units, errors if weights is None else errors * weights[:, None])
    return ScoredTable(table, labels, scores, problem, blocks, weights)
