"""Measure the drift of a model's predictions, and its performance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trimtab.drift.measurement.bin_groups import group_counts
from trimtab.drift.measurement.measurement import ComparedValue, PredictionDrift, SliceDrift
from trimtab.drift.profile import (
    NumericProfile,
    PredictionProfile,
    ReferenceProfile,
    TableHistograms,
    performance_by_slice,
)
from trimtab.drift.statistics import (
    DIGITS,
    auc_standard_error,
    expected_auc,
    expected_base_rate,
    homogeneity_p_value,
    measure_performance,
    positive_rates,
    smoothed_psi,
)


def measure_predictions(
    reference: ReferenceProfile,
    before: PredictionProfile,
    histograms: TableHistograms,
    scores: NDArray[np.float64],
    labels: NDArray[np.int64] | None,
) -> PredictionDrift:
    """Measure the drift of the predictions.

    Args:
        reference: The model's reference profile.
        before: Its predictions.
        histograms: The window's histograms.
        scores: The window's predicted probabilities, of shape (n_rows,).
        labels: The window's labels, of shape (n_rows,); None if they are delayed.
    """
    now, noise = before.scores.count(scores), reference.noise
    rates = positive_rates(before.scores.counts, before.positives)
    expected_rate = expected_base_rate(now.counts, rates)
    performance = None if labels is None else measure_performance(labels, scores)
    base_rate = None if labels is None else round(float(labels.mean()), DIGITS)
    expected, actual = group_counts(before.scores, before.scores), group_counts(before.scores, now)
    metrics = {
        name: ComparedValue(value, getattr(performance, name, None)) for name, value in before.performance
    }
    metrics["roc_auc"] = _compare_auc(
        reference, before, metrics["roc_auc"].window, histograms.rows, base_rate
    )
    rate_error = _base_rate_error(reference, before, histograms.rows)
    return PredictionDrift(
        labelled=labels is not None,
        base_rate=ComparedValue(before.base_rate, base_rate, rate_error),
        expected_base_rate=ComparedValue(before.base_rate, round(expected_rate, DIGITS)),
        performance=metrics,
        estimated_auc=_estimate_auc(reference, before, now, rates, expected_rate),
        psi=round(smoothed_psi(expected, actual), DIGITS),
        p_value=homogeneity_p_value(expected, actual, design_effect=noise.scores),
        histogram=before.histogram.count(scores),
        slices=() if labels is None else _measure_slices(reference, before, histograms, scores, labels),
    )


def _estimate_auc(
    reference: ReferenceProfile,
    before: PredictionProfile,
    now: NumericProfile,
    rates: NDArray[np.float64],
    base_rate: float,
) -> ComparedValue:
    """Add the change of the expected ROC AUC to the reference's: bins alone lose the order within them."""
    then, after = expected_auc(before.scores.counts, rates), expected_auc(now.counts, rates)
    auc = before.performance.roc_auc
    estimate = None if then is None or after is None else round(auc + after - then, DIGITS)
    return _compare_auc(reference, before, estimate, now.rows, base_rate)


def _compare_auc(
    reference: ReferenceProfile,
    before: PredictionProfile,
    auc: float | None,
    rows: int,
    base_rate: float | None,
) -> ComparedValue:
    known = before.performance.roc_auc
    if auc is None or base_rate is None:
        return ComparedValue(known, None)
    of_reference = auc_standard_error(
        known, reference.rows * before.base_rate, reference.rows * (1 - before.base_rate)
    )
    of_window = auc_standard_error(auc, rows * base_rate, rows * (1 - base_rate))
    error = math.hypot(of_reference, of_window) * math.sqrt(reference.noise.roc_auc)
    return ComparedValue(known, auc, error if math.isfinite(error) else None)


def _base_rate_error(reference: ReferenceProfile, before: PredictionProfile, rows: int) -> float:
    rate = before.base_rate
    return math.sqrt(reference.noise.base_rate * rate * (1 - rate) * (1 / reference.rows + 1 / rows))


def _measure_slices(
    reference: ReferenceProfile,
    before: PredictionProfile,
    histograms: TableHistograms,
    scores: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> tuple[SliceDrift, ...]:
    found = []
    now = performance_by_slice(histograms.features, histograms.bin_indices, scores, labels)
    for feature, slices in before.slices.items():
        for category, then in slices.items():
            if (after := now.get(feature, {}).get(category)) is None:
                continue
            error = math.hypot(then.auc_error, after.auc_error) * math.sqrt(reference.noise.roc_auc)
            auc = ComparedValue(then.roc_auc, after.roc_auc, error)
            found.append(SliceDrift(feature, category, after.rows, auc))
    return tuple(sorted(found, key=lambda part: (part.roc_auc.change or 0, part.feature, part.category)))
