"""Metrics of numbers against numbers, as functions of row weights, for the bootstrap.

With all weights 1, each metric equals scikit-learn's; tests check it. ``wape``, which scikit-learn does not
have, is the sum of absolute errors relative to the sum of absolute labels (Kolassa & Schütz, Foresight 2007).
``bias`` is the mean of prediction minus label.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from trimtab.learning.metrics.metric import Metric
from trimtab.learning.resampling.bootstrap import Floats, Statistic, mean

ROUNDING = 1e-12  # a smaller share of the squares of labels is no variance
SMALLEST = float(np.finfo(np.float64).eps)  # scikit-learn's own least denominator of a relative error


def regression_statistic(metric: Metric, labels: Floats, predictions: Floats) -> Statistic:
    """Return a built-in metric as a function of row weights.

    Args:
        metric: The metric.
        labels: The labels, of shape (n_rows,).
        predictions: The predicted values, of shape (n_rows,).
    """
    return _STATISTICS[metric.name](labels, predictions)


def _mae(labels: Floats, predictions: Floats) -> Statistic:
    return mean(np.abs(predictions - labels))


def _rmse(labels: Floats, predictions: Floats) -> Statistic:
    squared = mean((predictions - labels) ** 2)
    return lambda weights: np.sqrt(squared(weights))


def _mape(labels: Floats, predictions: Floats) -> Statistic:
    return mean(np.abs(predictions - labels) / np.maximum(np.abs(labels), SMALLEST))


def _wape(labels: Floats, predictions: Floats) -> Statistic:
    missed, size = np.abs(predictions - labels), np.abs(labels)
    return lambda weights: _ratio(weights @ missed, weights @ size)


def _bias(labels: Floats, predictions: Floats) -> Statistic:
    return mean(predictions - labels)


def _medae(labels: Floats, predictions: Floats) -> Statistic:
    missed = np.abs(predictions - labels)
    order = np.argsort(missed, kind="stable")
    ranked = missed[order]

    def median(weights: Floats) -> Floats:
        """Return the mean of the two middle errors, each row as often as it was drawn."""
        below = np.cumsum(weights[:, order], axis=1)
        middle, last = below[:, -1:] / 2, len(ranked) - 1
        lower = np.minimum((below < middle).sum(axis=1), last)
        upper = np.minimum((below <= middle).sum(axis=1), last)
        found: Floats = (ranked[lower] + ranked[upper]) / 2
        return np.where(middle[:, 0] > 0, found, np.nan)

    return median


def _r2(labels: Floats, predictions: Floats) -> Statistic:
    centred = labels - labels.mean()  # for the sake of precision
    missed, squares = (predictions - labels) ** 2, centred**2

    def r2(weights: Floats) -> Floats:
        square, total = weights @ squares, weights.sum(axis=1)
        spread = square - (weights @ centred) ** 2 / total
        return 1 - _ratio(weights @ missed, np.where(spread > ROUNDING * square, spread, 0))

    return r2


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return a ratio, NaN if the denominator is 0."""
    found: Floats = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
    return found


_STATISTICS: Mapping[str, Callable[[Floats, Floats], Statistic]] = MappingProxyType(
    {
        "mae": _mae,
        "rmse": _rmse,
        "mape": _mape,
        "wape": _wape,
        "medae": _medae,
        "r2": _r2,
        "bias": _bias,
    }
)
