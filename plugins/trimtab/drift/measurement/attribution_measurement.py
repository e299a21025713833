"""Measure how much the predictions depend on each feature, and compare it with the reference."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from trimtab.drift.measurement.measurement import AttributionShift, ComparedValue, NoisyValue
from trimtab.drift.profile import PredictionProfile
from trimtab.drift.statistics import (
    Attribution,
    AttributionFigure,
    Predict,
    measure_attributions,
    round_figure,
)
from trimtab.learning import Metric

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95


def measure_attribution_shifts(
    before: PredictionProfile,
    rows: pd.DataFrame,
    predictions: ArrayLike,
    labels: ArrayLike | None,
    predict: Predict,
    metric: Metric,
) -> tuple[AttributionShift, ...]:
    """Measure the attribution of the features that the reference has one of.

    Args:
        before: The predictions of the reference.
        rows: The window, with all columns that the model reads.
        predictions: The model's predictions for the window.
        labels: The values of the label column; None if all are delayed.
        predict: The model: returns the predictions for rows.
        metric: The metric of the drift policy.

    Returns:
        The feature that moves the predictions furthest first; nothing for a window with too few rows.

    Raises:
        DriftError: The model predicts invalidly.
    """
    now = measure_attributions(
        before.problem_type,
        rows,
        predictions,
        labels,
        predict,
        features=list(before.attributions),
        metrics={metric.name: metric},
    )
    errors = _errors_of_noise(len(now))
    shifts = [_shift(name, before.attributions[name], after, metric, errors) for name, after in now.items()]
    return tuple(sorted(shifts, key=lambda shift: (-_largest(shift.movement.value), shift.feature)))


def _shift(
    feature: str, then: Attribution, now: Attribution, metric: Metric, errors: float
) -> AttributionShift:
    before, after = (each.importance.get(metric.name) for each in (then, now))
    return AttributionShift(
        feature=feature,
        movement=_compare(then.movement, now.movement, errors),
        importance=_compare(before, after, errors) if before else None,
    )


def _errors_of_noise(features: int) -> float:
    """Return within how many standard errors the changes of all features are by chance (Bonferroni)."""
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(features, 1)))


def _compare(then: AttributionFigure, now: AttributionFigure | None, errors: float) -> NoisyValue:
    """Compare two figures. The window varies between its periods as much as the reference does."""
    if now is None:
        return NoisyValue(ComparedValue(then.value, None), None)
    error = round_figure(math.hypot(then.error, now.error) * math.sqrt(then.design_effect))
    return NoisyValue(ComparedValue(then.value, now.value, error), round_figure(errors * error))


def _largest(value: ComparedValue) -> float:
    return max(value.reference, value.window or 0.0)
