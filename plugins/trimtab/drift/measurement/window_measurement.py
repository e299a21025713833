"""Measure a window against a reference, in one pass over it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.drift.measurement.measurement import (
    FeatureDrift,
    Figure,
    Measurement,
    PredictionDrift,
    SliceDrift,
)
from trimtab.drift.profile import (
    SAMPLE_ROWS,
    CategoryProfile,
    NumericProfile,
    Predictions,
    Reference,
    Table,
    Tally,
    performance_by_slice,
    sliced_features,
    tally,
)
from trimtab.drift.statistics import (
    DIGITS,
    auc_standard_error,
    checked_labels,
    checked_scores,
    expected_auc,
    expected_base_rate,
    expected_psi,
    jensen_shannon_distance,
    joint_drift,
    performance,
    positive_rates,
    psi_of_counts,
    same_distribution,
    wasserstein_in_spreads,
)
from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pandas as pd


def measure(
    reference: Reference,
    features: pd.DataFrame,
    scores: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    distributions: Reference | None = None,
) -> Measurement:
    """Measure a window against a champion's reference.

    Args:
        reference: The champion's reference.
        features: The window; columns that the reference does not know are ignored.
        scores: The champion's predicted probabilities, of shape (n_rows,).
        labels: Outcomes, 0 or 1, of shape (n_rows,); None while they are not there.
        distributions: What the features are measured against instead, such as the season a year before.

    Raises:
        DriftError: There are no rows, a feature is missing or of another type, lengths differ, or a score is
            no probability.
    """
    known = [name for name in features.columns if name in reference.features]
    table = Table.of_frame(features[known])
    return measure_table(reference, table, scores, labels, distributions=distributions)


def measure_table(
    reference: Reference,
    table: Table,
    scores: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    distributions: Reference | None = None,
) -> Measurement:
    """As :func:`measure`, of any table, in one pass over it.

    Raises:
        DriftError: As above, or only one of reference and window has scores.
    """
    if table.rows == 0:
        raise DriftError(
            "The window has no rows", where=table.where, fix="check the window's dates and the data behind it"
        )
    if (scores is None) != (reference.predictions is None):
        raise DriftError(
            f"Only the {'reference' if scores is None else 'window'} has scores",
            where=table.where,
            fix="give scores for both or for neither",
        )
    probabilities = None if scores is None else checked_scores(scores, rows=table.rows)
    outcomes = None if labels is None else checked_labels(labels, rows=table.rows)
    before = distributions or reference
    keep = [] if outcomes is None else sliced_features(before.features)
    counted = tally(table, before.features, keep=keep, sample=SAMPLE_ROWS)
    moved = [_feature_drift(name, before, counted) for name in before.features]
    return Measurement(
        rows=table.rows,
        features=tuple(sorted(moved, key=lambda drift: (-(drift.at_stake or 0), -drift.psi, drift.name))),
        profiles=counted.features,
        joint=joint_drift(before.sampled, counted.sample, noise=before.noise.joint),
        predictions=_prediction_drift(reference, reference.predictions, counted, probabilities, outcomes)
        if reference.predictions is not None and probabilities is not None
        else None,
        reference=reference,
        distributions=before,
    )


def _feature_drift(name: str, reference: Reference, counted: Tally) -> FeatureDrift:
    before, now = reference.features[name], counted.features[name]
    effect = reference.noise.features.get(name, 1.0)
    e, a = _grouped(before, before), _grouped(before, now)
    psi = psi_of_counts(e, a)
    bins = int(np.sum((e > 0) | (a > 0)))
    chance = expected_psi(bins, before.rows, now.rows, design_effect=effect)
    distance = jensen_shannon_distance(e, a)
    importance = reference.importance.get(name)
    return FeatureDrift(
        name=name,
        kind=before.kind,
        psi=round(psi, DIGITS),
        excess_psi=round(max(psi - chance, 0.0), DIGITS),
        jensen_shannon=round(distance, DIGITS),
        wasserstein=_wasserstein(before, now),
        p_value=same_distribution(e, a, design_effect=effect),
        at_stake=None if importance is None else round(importance * distance, DIGITS),
        missing=_share(before.missing, before.rows, now.missing, now.rows),
        unseen=_share(before.unlisted, before.rows, now.unlisted, now.rows),
    )


def _grouped(
    before: NumericProfile | CategoryProfile, profile: NumericProfile | CategoryProfile
) -> NDArray[np.int64]:
    """Rows per group of the reference's bins."""
    return np.add.reduceat(np.asarray(profile.weights(), dtype=np.int64), before.groups())


def _wasserstein(
    before: NumericProfile | CategoryProfile, now: NumericProfile | CategoryProfile
) -> float | None:
    if not isinstance(before, NumericProfile) or not isinstance(now, NumericProfile):
        return None
    return round(wasserstein_in_spreads(before.edges, before.counts, now.counts), DIGITS)


def _share(before: int, rows_before: int, now: int, rows_now: int) -> Figure:
    return Figure(round(before / rows_before, DIGITS), round(now / rows_now, DIGITS))


def _prediction_drift(
    reference: Reference,
    before: Predictions,
    counted: Tally,
    scores: NDArray[np.float64],
    labels: NDArray[np.int64] | None,
) -> PredictionDrift:
    now, noise = before.scores.counted(scores), reference.noise
    rates = positive_rates(before.scores.counts, before.positives)
    expected = expected_base_rate(now.counts, rates)
    quality = None if labels is None else performance(labels, scores)
    base_rate = None if labels is None else round(float(labels.mean()), DIGITS)
    e, a = _grouped(before.scores, before.scores), _grouped(before.scores, now)
    figures = {name: Figure(value, getattr(quality, name, None)) for name, value in before.performance}
    figures["roc_auc"] = _auc_figure(reference, before, figures["roc_auc"].window, counted.rows, base_rate)
    return PredictionDrift(
        labelled=labels is not None,
        base_rate=Figure(before.base_rate, base_rate, _rate_error(reference, before, counted.rows)),
        expected_base_rate=Figure(before.base_rate, round(expected, DIGITS)),
        performance=figures,
        estimated_auc=_estimated_auc(reference, before, now, rates, expected),
        psi=round(psi_of_counts(e, a), DIGITS),
        p_value=same_distribution(e, a, design_effect=noise.scores),
        histogram=before.histogram.counted(scores),
        slices=() if labels is None else _slice_drift(reference, before, counted, scores, labels),
    )


def _estimated_auc(
    reference: Reference,
    before: Predictions,
    now: NumericProfile,
    rates: NDArray[np.float64],
    base_rate: float,
) -> Figure:
    """The change of what the bins say, on top of what was measured: bins alone miss the order within them."""
    then, after = expected_auc(before.scores.counts, rates), expected_auc(now.counts, rates)
    auc = before.performance.roc_auc
    estimate = None if then is None or after is None else round(auc + after - then, DIGITS)
    return _auc_figure(reference, before, estimate, now.rows, base_rate)


def _auc_figure(
    reference: Reference, before: Predictions, auc: float | None, rows: int, base_rate: float | None
) -> Figure:
    known = before.performance.roc_auc
    if auc is None or base_rate is None:
        return Figure(known, None)
    of_reference = auc_standard_error(
        known, reference.rows * before.base_rate, reference.rows * (1 - before.base_rate)
    )
    of_window = auc_standard_error(auc, rows * base_rate, rows * (1 - base_rate))
    error = math.hypot(of_reference, of_window) * math.sqrt(reference.noise.roc_auc)
    return Figure(known, auc, error if math.isfinite(error) else None)


def _rate_error(reference: Reference, before: Predictions, rows: int) -> float:
    rate = before.base_rate
    return math.sqrt(reference.noise.base_rate * rate * (1 - rate) * (1 / reference.rows + 1 / rows))


def _slice_drift(
    reference: Reference,
    before: Predictions,
    counted: Tally,
    scores: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> tuple[SliceDrift, ...]:
    found = []
    now = performance_by_slice(counted.features, counted.kept, scores, labels)
    for feature, slices in before.slices.items():
        for category, then in slices.items():
            if (after := now.get(feature, {}).get(category)) is None:
                continue
            error = math.hypot(then.auc_error, after.auc_error) * math.sqrt(reference.noise.roc_auc)
            figure = Figure(then.roc_auc, after.roc_auc, error)
            found.append(SliceDrift(feature, category, after.rows, figure))
    return tuple(sorted(found, key=lambda part: (part.roc_auc.change or 0, part.feature, part.category)))
