"""Figures of scores against labels, as functions of row weights: what the bootstrap needs.

With weights of one each is scikit-learn's metric of the same name; tests hold it so. A rank metric of rows of
one class is nan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trimtab.gates.model.bootstrap import Floats, Statistic, share

Labels: TypeAlias = NDArray[np.bool_]  # of shape (n_rows,)

MetricName = Literal[
    "roc_auc",
    "average_precision",
    "log_loss",
    "brier",
    "calibration_error",
    "calibration_slope",
    "accuracy",
    "precision",
    "recall",
]
LOSSES = frozenset({"log_loss", "brier", "calibration_error"})
AT_THRESHOLD = frozenset({"accuracy", "precision", "recall"})
NEITHER_WAY = frozenset({"calibration_slope"})  # best at 1: more is not better, nor is less
CALIBRATION_BINS = 10
FEW_SCORES = 256
SMALLEST = float(np.finfo(np.float64).eps)  # scikit-learn's own clip of a probability


def statistic(metric: MetricName, labels: Labels, scores: Floats, threshold: float | None) -> Statistic:
    """Return a metric as a function of row weights.

    Args:
        metric: Its name.
        labels: Whether a row is positive, of shape (n_rows,).
        scores: Predicted probability of the positive class, of shape (n_rows,).
        threshold: From which score on a row is called positive, for the metrics that need one.
    """
    if metric in AT_THRESHOLD:
        if threshold is None:
            raise ValueError(f"{metric} needs a threshold")
        return _at_threshold(metric, labels, scores >= threshold)
    return _PROBABILISTIC[metric](labels, scores)


def sign(metric: MetricName) -> int:
    """Return 1 if more is better, -1 for a loss."""
    return -1 if metric in LOSSES else 1


def _at_threshold(metric: MetricName, labels: Labels, called: NDArray[np.bool_]) -> Statistic:
    if metric == "accuracy":
        return share(called == labels)
    return share(labels, among=called) if metric == "precision" else share(called, among=labels)


def _ranked(labels: Labels, scores: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
    """Return a function from weights to the weights of positives and of negatives per distinct score.

    Both of shape (n_resamples, n_distinct), the lowest score first.
    """
    order = np.argsort(scores, kind="stable")
    ordered, positive = scores[order], labels[order].astype(np.float64)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] > ordered[:-1]]))
    if len(starts) <= FEW_SCORES:
        return _counted_by_product(np.unique(scores, return_inverse=True)[1], labels)

    def count(weights: Floats) -> tuple[Floats, Floats]:
        drawn = weights[:, order]
        every = np.add.reduceat(drawn, starts, axis=1)
        drawn *= positive
        found = np.add.reduceat(drawn, starts, axis=1)
        return found, every - found

    return count


def _counted_by_product(rank: NDArray[np.intp], labels: Labels) -> Callable[[Floats], tuple[Floats, Floats]]:
    """Count as :func:`_ranked` does, ten times faster where scores are few, such as one per category."""
    cells = np.zeros((len(rank), 2 * (int(rank.max()) + 1)))
    cells[np.arange(len(rank)), 2 * rank + labels] = 1.0

    def count(weights: Floats) -> tuple[Floats, Floats]:
        counted = weights @ cells
        return counted[:, 1::2], counted[:, ::2]

    return count


def _roc_auc(labels: Labels, scores: Floats) -> Statistic:
    """Return the probability that a positive scores above a negative, ties counted half (Mann-Whitney)."""
    count = _ranked(labels, scores)

    def of(weights: Floats) -> Floats:
        positives, negatives = count(weights)
        below = np.cumsum(negatives, axis=1)
        total = below[:, -1].copy()
        below -= negatives / 2
        wins = np.einsum("ij,ij->i", positives, below)
        auc: Floats = wins / (positives.sum(axis=1) * total)
        return auc

    return of


def _average_precision(labels: Labels, scores: Floats) -> Statistic:
    """Return precision at each distinct score, weighted by the recall gained there."""
    count = _ranked(labels, scores)

    def of(weights: Floats) -> Floats:
        positives, negatives = count(weights)
        found = np.cumsum(positives[:, ::-1], axis=1)
        called = found + np.cumsum(negatives[:, ::-1], axis=1)
        precision = np.divide(found, called, out=np.zeros_like(found), where=called > 0)
        average: Floats = np.einsum("ij,ij->i", positives[:, ::-1], precision) / found[:, -1]
        return average

    return of


def _mean(values: Floats) -> Statistic:
    return lambda weights: (weights @ values) / weights.sum(axis=1)


def _log_loss(labels: Labels, scores: Floats) -> Statistic:
    clipped = np.clip(scores, SMALLEST, 1 - SMALLEST)
    return _mean(-np.log(np.where(labels, clipped, 1 - clipped)))


def _brier(labels: Labels, scores: Floats) -> Statistic:
    return _mean((scores - labels) ** 2)


def _calibration_error(labels: Labels, scores: Floats) -> Statistic:
    """Return the expected calibration error over ten bins of equally many rows.

    The mean of \\|share observed - mean score\\| per bin, weighted by rows (Naeini et al., AAAI 2015). Chance
    alone makes it more than 0, so its interval lies a little high: a bound errs on the safe side.
    """
    order = np.argsort(scores, kind="stable")
    missed = (labels - scores)[order]
    starts = np.unique(np.arange(CALIBRATION_BINS) * len(scores) // CALIBRATION_BINS)

    def of(weights: Floats) -> Floats:
        off = np.add.reduceat(weights[:, order] * missed, starts, axis=1)
        error: Floats = np.abs(off).sum(axis=1) / weights.sum(axis=1)
        return error

    return of


def _calibration_slope(labels: Labels, scores: Floats) -> Statistic:
    """Return the slope of a logistic regression of the labels on the scores' log-odds.

    1 is right, below 1 the scores are too extreme (Cox, Biometrika 1958). A resample's is two Newton steps
    from that of all rows: what is left of the way is far less than chance.
    """
    clipped = np.clip(scores, SMALLEST, 1 - SMALLEST)
    odds = np.log(clipped / (1 - clipped))
    start = _fit_logistic(odds, labels)

    def of(weights: Floats) -> Floats:
        fit = np.tile(start, (len(weights), 1))
        for _ in range(2):
            expected = 1 / (1 + np.exp(-(fit[:, :1] + fit[:, 1:] * odds)))
            missed = weights * (labels - expected)
            spread = weights * expected * (1 - expected)
            g0, g1 = missed.sum(axis=1), missed @ odds
            h00, h01, h11 = spread.sum(axis=1), spread @ odds, spread @ odds**2
            moved = np.stack([h11 * g0 - h01 * g1, h00 * g1 - h01 * g0], axis=1)
            fit = fit + moved / (h00 * h11 - h01**2)[:, None]
        slope: Floats = fit[:, 1]
        return slope

    return of


def _fit_logistic(x: Floats, labels: Labels) -> Floats:
    """Return intercept and slope by Newton's method; nan where there are none, as with equal scores."""
    fit = np.array([0.0, 1.0])
    columns = np.stack([np.ones_like(x), x], axis=1)
    for _ in range(25):
        expected = 1 / (1 + np.exp(-np.clip(columns @ fit, -500, 500)))
        hessian = columns.T @ (columns * (expected * (1 - expected))[:, None])
        if not np.linalg.cond(hessian) < 1e12:
            break
        step = np.linalg.solve(hessian, columns.T @ (labels - expected))
        fit = fit + step
        if np.abs(step).max() < 1e-10:
            return fit
    return np.full(2, np.nan)


_PROBABILISTIC: Mapping[str, Callable[[Labels, Floats], Statistic]] = MappingProxyType(
    {
        "roc_auc": _roc_auc,
        "average_precision": _average_precision,
        "log_loss": _log_loss,
        "brier": _brier,
        "calibration_error": _calibration_error,
        "calibration_slope": _calibration_slope,
    }
)
