"""Metrics of quantiles against numbers, as functions of row weights, for the bootstrap.

``mean_pinball_loss`` is the mean of scikit-learn's over the levels; tests check it. The interval is that
between the lowest and the highest quantile. A metric of regression is that of the median.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.metrics.metric import Metric
from trimtab.learning.metrics.regression_metrics import regression_statistic
from trimtab.learning.resampling.bootstrap import Floats, Statistic, mean, share

MIDDLE = 0.5


def quantile_statistic(
    metric: Metric, labels: Floats, predictions: Floats, levels: Sequence[float]
) -> Statistic:
    """Return a built-in metric as a function of row weights.

    Args:
        metric: The metric.
        labels: The labels, of shape (n_rows,).
        predictions: The quantiles, of shape (n_rows, n_levels).
        levels: Their levels, ascending.
    """
    if metric.name in _STATISTICS:
        return _STATISTICS[metric.name](labels, predictions, np.array(levels))
    return regression_statistic(metric, labels, median_of(predictions, levels))


def median_of(predictions: Floats, levels: Sequence[float]) -> Floats:
    """Return the median of each row, of shape (n_rows,).

    If it is not among the quantiles, it is interpolated between its neighbours. Without a neighbour on one
    side, it is the nearest quantile.

    Args:
        predictions: The quantiles, of shape (n_rows, n_levels).
        levels: Their levels, ascending.
    """
    above = int(np.searchsorted(levels, MIDDLE))
    if above == 0 or above == len(levels) or levels[above] == MIDDLE:
        return predictions[:, min(above, len(levels) - 1)]
    part = (MIDDLE - levels[above - 1]) / (levels[above] - levels[above - 1])
    return (1 - part) * predictions[:, above - 1] + part * predictions[:, above]


def pinball_losses(labels: Floats, predictions: Floats, levels: Sequence[float]) -> Floats:
    """Return the pinball loss of each row, of shape (n_rows,): the mean over the levels.

    Args:
        labels: The labels, of shape (n_rows,).
        predictions: The quantiles, of shape (n_rows, n_levels).
        levels: Their levels.
    """
    above, level = labels[:, None] - predictions, np.array(levels)
    losses: Floats = np.maximum(level * above, (level - 1) * above).mean(axis=1)
    return losses


def is_covered(labels: Floats, predictions: Floats) -> NDArray[np.bool_]:
    """Return whether each label is in the interval, of shape (n_rows,)."""
    covered: NDArray[np.bool_] = (predictions[:, 0] <= labels) & (labels <= predictions[:, -1])
    return covered


def interval_widths(predictions: Floats) -> Floats:
    """Return the width of the interval of each row, of shape (n_rows,)."""
    widths: Floats = predictions[:, -1] - predictions[:, 0]
    return widths


def _mean_pinball_loss(labels: Floats, predictions: Floats, levels: Floats) -> Statistic:
    return mean(pinball_losses(labels, predictions, levels.tolist()))


def _interval_coverage(labels: Floats, predictions: Floats, levels: Floats) -> Statistic:
    return share(is_covered(labels, predictions))


def _mean_interval_width(labels: Floats, predictions: Floats, levels: Floats) -> Statistic:
    return mean(interval_widths(predictions))


def _calibration_error(labels: Floats, predictions: Floats, levels: Floats) -> Statistic:
    """Return the mean over the levels of how far a level is from the share of labels up to its quantile.

    Many labels may equal a quantile, such as 0 of a count. The level of a right quantile is between the share
    of labels below it and the share of labels up to it. Chance alone makes the error more than 0, so a bound
    errs on the safe side.
    """
    label = labels[:, None]
    below, upto = (label < predictions).astype(float), (label <= predictions).astype(float)

    def of(weights: Floats) -> Floats:
        rows = weights.sum(axis=1, keepdims=True)
        over, under = weights @ below / rows - levels, levels - weights @ upto / rows
        error: Floats = np.maximum(np.maximum(over, under), 0).mean(axis=1)
        return error

    return of


_STATISTICS: Mapping[str, Callable[[Floats, Floats, Floats], Statistic]] = MappingProxyType(
    {
        "mean_pinball_loss": _mean_pinball_loss,
        "calibration_error": _calibration_error,
        "interval_coverage": _interval_coverage,
        "mean_interval_width": _mean_interval_width,
    }
)
