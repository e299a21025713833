"""Build a reference profile from a table: choose bins from some rows, then count all rows in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.drift.profile.binning import empty_profile, quantile_edges
from trimtab.drift.profile.column_profile import ColumnProfile, NumericProfile
from trimtab.drift.profile.noise import ScoredLabels, measure_noise
from trimtab.drift.profile.profiled_table import ProfiledTable
from trimtab.drift.profile.reference_profile import PredictionProfile, ReferenceProfile, pack_sample
from trimtab.drift.profile.slices import performance_by_slice, sliced_features
from trimtab.drift.profile.table_histograms import TableHistograms, count_table
from trimtab.drift.statistics import DIGITS, measure_performance, validate_labels, validate_scores
from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pandas as pd

HISTOGRAM_EDGES = np.arange(1, 40) / 40
SAMPLE_ROWS = 2000
MAX_PERIODS = 400


def build_reference(
    features: pd.DataFrame,
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    importance: Mapping[str, float] | None = None,
    periods: ArrayLike | None = None,
) -> ReferenceProfile:
    """Build the reference profile of a model from its test window.

    Args:
        features: The model's features, one row per case. Numeric columns are binned, all others are
            categories.
        scores: Predicted probability of the positive class, of shape (n_rows,).
        labels: Labels, 0 or 1, of shape (n_rows,).
        importance: ROC AUC that the model loses without a feature, by name.
        periods: The period of each row, such as its week, of shape (n_rows,). The variation between periods
            is noise. Without periods, rows count as independent.

    Raises:
        DriftError: There are no rows, lengths differ, a score is not a probability, or the labels hold one
            class.
    """
    table = ProfiledTable.from_frame(features)
    return profile_table(
        table, sorted(features.columns), scores, labels, importance=importance, periods=periods
    )


def profile_table(
    table: ProfiledTable,
    features: Sequence[str],
    scores: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    importance: Mapping[str, float] | None = None,
    periods: ArrayLike | None = None,
    bins_of: ReferenceProfile | None = None,
) -> ReferenceProfile:
    """Build the reference profile of any table.

    Args:
        table: The table.
        features: The columns to profile.
        scores: As for :func:`build_reference`; both scores and labels or neither.
        labels: As for :func:`build_reference`.
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
    scored = None if scores is None or labels is None else _validate(scores, labels, table.rows)
    keep = sliced_features(profiles) if scored else []
    histograms = count_table(table, profiles, keep=keep, sample=SAMPLE_ROWS, periods=numbered)
    return ReferenceProfile(
        rows=table.rows,
        features=histograms.features,
        importance=_validate_importance(importance or {}, profiles),
        predictions=_profile_predictions(*scored, histograms, bins_of) if scored else None,
        noise=measure_noise(histograms, scored, numbered),
        sample=pack_sample(histograms.sample),
    )


def _empty_profiles(table: ProfiledTable, features: Sequence[str]) -> dict[str, ColumnProfile]:
    sample = table.binning_sample(features)
    return {name: empty_profile(name, sample.column(name).combine_chunks()) for name in features}


def _validate(scores: ArrayLike, labels: ArrayLike, rows: int) -> ScoredLabels:
    probabilities, classes = validate_scores(scores, rows=rows), validate_labels(labels, rows=rows)
    if classes.min() == classes.max():
        raise DriftError(
            f"The labels hold one class only: all {rows} are {classes[0]}",
            where="labels",
            fix="build the reference profile on a window that holds both classes",
        )
    return probabilities, classes


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
    scores: NDArray[np.float64],
    labels: NDArray[np.int64],
    histograms: TableHistograms,
    bins_of: ReferenceProfile | None,
) -> PredictionProfile:
    known = bins_of.predictions if bins_of else None
    edges = known.scores.edges if known else quantile_edges(scores)
    performance = measure_performance(labels, scores)
    assert performance is not None, "the labels hold both classes"
    profile = NumericProfile.empty(edges).count(scores)
    bin_indices = profile.bin_indices_of_floats(scores)
    positives = np.bincount(bin_indices, weights=labels, minlength=len(profile.counts))
    return PredictionProfile(
        base_rate=round(float(labels.mean()), DIGITS),
        performance=performance,
        scores=profile,
        positives=tuple(int(count) for count in positives),
        histogram=NumericProfile.empty(HISTOGRAM_EDGES).count(scores),
        slices=performance_by_slice(histograms.features, histograms.bin_indices, scores, labels),
    )
