"""Build a reference profile from a table: choose bins from some rows, then count all rows in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.drift.profile.binning import empty_profile
from trimtab.drift.profile.column_profile import ColumnProfile
from trimtab.drift.profile.noise import measure_noise
from trimtab.drift.profile.prediction_profile import PredictionProfile, column_counts, profile_columns
from trimtab.drift.profile.profiled_table import ProfiledTable
from trimtab.drift.profile.reference_profile import ReferenceProfile, pack_sample
from trimtab.drift.profile.slices import performance_by_slice, sliced_features
from trimtab.drift.profile.table_histograms import TableHistograms, count_table
from trimtab.drift.statistics import (
    ErrorModel,
    ScoredRows,
    measure_attributions,
    measure_figures,
    round_figure,
)
from trimtab.errors import DriftError
from trimtab.learning import BINARY, PROBLEM_TYPES, Floats, ProblemType, require_problem_type

if TYPE_CHECKING:
    import pandas as pd

    from trimtab.drift.statistics import Predict

SAMPLE_ROWS = 2000
FITTED_ROWS = 10_000  # of the error model
MAX_PERIODS = 400
COMPARED_ROWS = 100  # whose predictions are made again


def build_reference(
    features: pd.DataFrame,
    predictions: ArrayLike,
    labels: ArrayLike,
    *,
    problem_type: str = BINARY.name,
    classes: Iterable[Any] = (),
    levels: Iterable[float] = (),
    unit: str = "",
    importance: Mapping[str, float] | None = None,
    periods: ArrayLike | None = None,
    predict: Predict | None = None,
) -> ReferenceProfile:
    """Build the reference profile of a model from its test window.

    Args:
        features: The model's features, one row per case. Numeric columns are binned, all others are
            categories.
        predictions: Of shape (n_rows,): the probability of the positive class, or the predicted number. Of
            ``multiclass``, the probability of each class, of shape (n_rows, n_classes); of ``quantile``, the
            quantiles, of shape (n_rows, n_levels), ascending in each row.
        labels: The values of the label column, of shape (n_rows,): 0 and 1, numbers, or classes.
        problem_type: The problem type: ``binary``, ``multiclass``, ``regression`` or ``quantile``.
        classes: Of ``multiclass``, the classes in the order of the columns, such as the estimator's
            ``classes_``.
        levels: Of ``quantile``, the levels of the quantiles, in the order of the columns.
        unit: The unit of the label, for reports.
        importance: How much worse the metric of the drift policy gets without a feature, by name.
        periods: The period of each row, such as its week, of shape (n_rows,). The variation between periods
            is noise. Without periods, rows count as independent.
        predict: The model: returns the predictions for rows with the columns of ``features``. With it, drift
            checks compare how much the predictions depend on each feature.

    Raises:
        DriftError: There are no rows, lengths differ, a prediction or label is invalid, all labels are
            equal, or ``predict`` does not give ``predictions``.
    """
    table, problem = ProfiledTable.from_frame(features), _require_problem(problem_type, classes, levels)
    profile = profile_table(
        table,
        sorted(features.columns),
        predictions,
        labels,
        problem=problem,
        unit=unit,
        importance=importance,
        periods=periods,
    )
    if predict is None or profile.predictions is None:
        return profile
    _require_same_predictions(predict, features, predictions)
    attributions = measure_attributions(
        problem,
        features,
        predictions,
        labels,
        predict,
        features=sorted(features.columns),
        metrics=problem.drift_metrics,
        periods=None if periods is None else _number_periods(periods, table.rows),
    )
    explained = profile.predictions.model_copy(update={"attributions": attributions})
    return profile.model_copy(update={"predictions": explained})


def profile_table(
    table: ProfiledTable,
    features: Sequence[str],
    predictions: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    problem: ProblemType = BINARY,
    unit: str = "",
    importance: Mapping[str, float] | None = None,
    periods: ArrayLike | None = None,
    bins_of: ReferenceProfile | None = None,
) -> ReferenceProfile:
    """Build the reference profile of any table.

    Args:
        table: The table.
        features: The columns to profile.
        predictions: As for :func:`build_reference`; both predictions and labels or neither.
        labels: As for :func:`build_reference`.
        problem: The problem type, with its classes.
        unit: As for :func:`build_reference`.
        importance: As for :func:`build_reference`.
        periods: As for :func:`build_reference`.
        bins_of: A reference profile whose bins to use, so that the two profiles can be merged.

    Raises:
        DriftError: As for :func:`build_reference`.
    """
    if table.rows == 0:
        raise DriftError(
            "The table has no rows", where=table.where, fix="build the reference profile on the test window"
        )
    numbered = None if periods is None else _number_periods(periods, table.rows)
    profiles = bins_of.features if bins_of else _empty_profiles(table, features)
    scored = (
        None if predictions is None or labels is None else _validate(problem, predictions, labels, table.rows)
    )
    errors = scored.problem.errors(scored.labels, scored.predictions) if scored else {}
    histograms = count_table(
        table,
        profiles,
        keep=sliced_features(profiles) if scored else [],
        sample=FITTED_ROWS if errors else SAMPLE_ROWS,
        periods=numbered,
    )
    some = histograms.with_sample_of(SAMPLE_ROWS)
    known = bins_of.predictions if bins_of else None
    return ReferenceProfile(
        rows=table.rows,
        features=histograms.features,
        importance=_validate_importance(importance or {}, profiles),
        predictions=_profile_predictions(scored, errors, histograms, known, unit) if scored else None,
        noise=measure_noise(some, scored, numbered),
        sample=pack_sample(some.sample),
    )


def _require_problem(name: str, classes: Iterable[Any], levels: Iterable[float]) -> ProblemType:
    try:
        return PROBLEM_TYPES[require_problem_type(name)].with_classes(classes).with_levels(levels)
    except ValueError as err:
        raise DriftError(
            f"The problem type of the reference profile is invalid: {err}",
            where="build_reference: problem, classes, levels",
            fix="pass the problem type of dvc.yaml, of `multiclass` the classes of the estimator, and of"
            " `quantile` the levels",
        ) from err


def _require_same_predictions(predict: Predict, features: pd.DataFrame, predictions: ArrayLike) -> None:
    given = np.asarray(predictions, dtype=np.float64)[:COMPARED_ROWS]
    found = np.asarray(predict(features.iloc[:COMPARED_ROWS]), dtype=np.float64)
    if found.shape != given.shape or not np.allclose(found, given, rtol=1e-4, atol=1e-6):
        raise DriftError(
            "The function `predict` does not give the predictions of the table",
            where="build_reference: predict",
            fix="pass the function that made `predictions`, with the same model and in the same shape",
        )


def _empty_profiles(table: ProfiledTable, features: Sequence[str]) -> dict[str, ColumnProfile]:
    sample = table.binning_sample(features)
    return {name: empty_profile(name, sample.column(name).combine_chunks()) for name in features}


def _validate(problem: ProblemType, predictions: ArrayLike, labels: ArrayLike, rows: int) -> ScoredRows:
    scored = ScoredRows.read(problem, predictions, labels, rows=rows)
    if missing := int((~scored.known).sum()):
        raise DriftError(
            f"The labels are missing in {missing:,} of {rows:,} rows",
            where="labels",
            fix="drop the rows without a label",
        )
    if new := scored.problem.columns[len(problem.columns) :]:
        raise DriftError(
            f"Labels are of classes that have no prediction: {', '.join(new)}",
            where="labels",
            fix="pass the classes of the estimator, and rows of these classes",
        )
    if constant := scored.problem.find_unmeasurable(scored.labels):
        raise DriftError(
            f"The label {constant}",
            where="labels",
            fix="build the reference profile on a window whose labels differ",
        )
    return scored


def _validate_importance(
    importance: Mapping[str, float], features: Mapping[str, ColumnProfile]
) -> dict[str, float]:
    """Return the importance by feature, at least 0: to permute a useless feature may gain by chance."""
    if unknown := sorted(set(importance) - set(features)):
        raise DriftError(
            f"Importance is given for unknown features: {', '.join(unknown)}",
            where="importance",
            fix="use the names of the features",
        )
    return {name: max(float(importance[name]), 0.0) for name in sorted(importance)}


def _number_periods(periods: ArrayLike, rows: int) -> NDArray[np.intp]:
    if np.shape(periods) != (rows,):
        raise DriftError(
            f"The shape of the periods does not fit {rows} rows: {np.shape(periods)}",
            where="periods",
            fix="pass one period per row",
        )
    names, numbers = np.unique(np.asarray(periods).astype(str), return_inverse=True)
    if len(names) > MAX_PERIODS:
        raise DriftError(
            f"The number of periods is over {MAX_PERIODS}: {len(names)}",
            where="periods",
            fix="use longer periods, such as days or weeks",
        )
    return numbers.astype(np.intp)


def _profile_predictions(
    scored: ScoredRows,
    errors: Mapping[str, Floats],
    histograms: TableHistograms,
    known: PredictionProfile | None,
    unit: str,
) -> PredictionProfile:
    problem = scored.problem
    metrics = problem.drift_metrics
    profile = PredictionProfile(
        problem=problem.name,
        classes=problem.classes,
        unit=unit,
        figures=measure_figures(problem, metrics, scored.labels, scored.predictions),
        columns=profile_columns(scored, known.columns if known else None),
        slices=performance_by_slice(histograms.features, histograms.bin_indices, scored, metrics),
        errors=None,
    )
    if errors:
        profile = profile.model_copy(update={"errors": _fit_errors(profile, scored, errors, histograms)})
    counts = {name: column.bin_counts() for name, column in histograms.features.items()}
    expected = profile.expectation(scored.predictions, counts)
    figures = {
        name: figure.model_copy(update={"expected": _round(problem.expected_figure(metrics[name], expected))})
        for name, figure in profile.figures.items()
    }
    return profile.model_copy(update={"figures": figures})


def _round(figure: float | None) -> float | None:
    return None if figure is None else round_figure(figure)


def _fit_errors(
    profile: PredictionProfile,
    scored: ScoredRows,
    errors: Mapping[str, Floats],
    histograms: TableHistograms,
) -> ErrorModel:
    """Fit the error model on the sampled rows: on groups of the features' bins, and bins of predictions."""
    rows, bins = histograms.sampled_rows, profile.bin_indices(scored.predictions)
    of_features = dict(zip(histograms.features, histograms.sample.T, strict=True))
    of_predictions = {f"({name})": bins[rows, place] for place, name in enumerate(profile.columns)}
    counts = column_counts(
        {name: column.bin_counts() for name, column in histograms.features.items()}, bins, profile.columns
    )
    groups = {name: column.error_group_of_bin() for name, column in histograms.features.items()}
    ordered = {name: column.ordered_groups for name, column in histograms.features.items()}
    return ErrorModel.fit(
        {name: values[rows] for name, values in errors.items()},
        {name: float(values.mean()) for name, values in errors.items()},
        {**of_features, **of_predictions},
        {name: groups.get(name, np.arange(len(each))) for name, each in counts.items()},
        {name: ordered.get(name, len(each) - 1) for name, each in counts.items()},  # the last bin: missing
        counts,
    )
