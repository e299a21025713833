"""Metrics of scores and labels, as functions of row weights, for the bootstrap.

With all weights 1, each metric equals scikit-learn's metric of the same name; tests check it. A rank metric
of rows of one class is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.metrics.metric import Metric
from trimtab.learning.resampling.bootstrap import Floats, Statistic, mean, share

Labels: TypeAlias = NDArray[np.bool_]  # of shape (n_rows,)

CALIBRATION_BINS = 10
SMALLEST = float(np.finfo(np.float64).eps)  # scikit-learn's own clip of a probability


def binary_statistic(
    metric: Metric, labels: Labels, scores: Floats, threshold: float | None = None
) -> Statistic:
    """Return a built-in metric as a function of row weights.

    Args:
        metric: The metric.
        labels: Whether a row is positive, of shape (n_rows,).
        scores: Predicted probability of the positive class, of shape (n_rows,).
        threshold: Rows with this score or a higher one are predicted positive; for metrics at a threshold.
    """
    if metric.needs_threshold:
        if threshold is None:
            raise ValueError(f"{metric.name} needs a threshold")
        return _at_threshold(metric.name, labels, scores >= threshold)
    return _PROBABILISTIC[metric.name](labels, scores)


def _at_threshold(metric: str, labels: Labels, called: NDArray[np.bool_]) -> Statistic:
    if metric == "accuracy":
        return share(called == labels)
    if metric == "precision":
        return share(labels, among=called)
    return share(called, among=labels) if metric == "recall" else _OF_COUNTS[metric](labels, called)


def _f_beta(beta: float) -> Callable[[Labels, NDArray[np.bool_]], Statistic]:
    """Return the mean of precision and recall in which recall counts ``beta`` times as much."""
    square = beta**2

    def f_beta(labels: Labels, called: NDArray[np.bool_]) -> Statistic:
        hits, either = (labels & called).astype(float), square * labels + called
        return lambda weights: (1 + square) * (weights @ hits) / (weights @ either)

    return f_beta


def _matthews_corrcoef(labels: Labels, called: NDArray[np.bool_]) -> Statistic:
    """Return the correlation of labels and predicted labels; 0 if one side is constant, as scikit-learn."""
    truth, found = labels.astype(float), called.astype(float)

    def correlation(weights: Floats) -> Floats:
        rows, both = weights.sum(axis=1), weights @ (truth * found)
        positive, predicted = weights @ truth, weights @ found
        covariance = both * rows - positive * predicted
        spread = positive * (rows - positive) * predicted * (rows - predicted)
        found_of: Floats = np.divide(covariance, np.sqrt(spread), out=np.zeros_like(rows), where=spread > 0)
        return found_of

    return correlation


def auc_of_counts(positives: Floats, negatives: Floats) -> Floats:
    """Return the ROC AUC of rows counted by score.

    Args:
        positives: How many rows are positive, by score, the lowest first, of shape (n_resamples, n_scores).
        negatives: How many are not, likewise.
    """
    below = np.cumsum(negatives, axis=1) - negatives / 2
    auc: Floats = np.einsum("ij,ij->i", positives, below) / (positives.sum(axis=1) * negatives.sum(axis=1))
    return auc


def roc_auc(labels: Labels, scores: Floats) -> Statistic:
    """Return the probability that a positive scores above a negative, ties counted half (Mann-Whitney)."""
    positives, negatives = _by_score(labels, scores), _by_score(~labels, scores)
    below = np.searchsorted(scores[negatives], scores[positives], "left")
    upto = np.searchsorted(scores[negatives], scores[positives], "right")

    def of(weights: Floats) -> Floats:
        drawn, beaten = weights[:, positives], _summed(weights[:, negatives])
        wins = np.einsum("ij,ij->i", drawn, beaten[:, below] + beaten[:, upto]) / 2
        auc: Floats = wins / (drawn.sum(axis=1) * beaten[:, -1])
        return auc

    return of


def _average_precision(labels: Labels, scores: Floats) -> Statistic:
    """Return the mean, over positives, of the precision among the rows that score as high or higher."""
    positives, negatives = _by_score(labels, scores), _by_score(~labels, scores)
    below = [np.searchsorted(scores[rows], scores[positives], "left") for rows in (positives, negatives)]

    def of(weights: Floats) -> Floats:
        drawn = weights[:, positives]
        sums = _summed(drawn), _summed(weights[:, negatives])
        found, wrong = (each[:, -1:] - each[:, under] for each, under in zip(sums, below, strict=True))
        precision = np.divide(found, found + wrong, out=np.zeros_like(found), where=drawn > 0)
        average: Floats = np.einsum("ij,ij->i", drawn, precision) / drawn.sum(axis=1)
        return average

    return of


def _by_score(chosen: Labels, scores: Floats) -> NDArray[np.intp]:
    """Return the positions of some rows, the lowest score first."""
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(scores[rows], kind="stable")]


def _summed(weights: Floats) -> Floats:
    """Return the sums of the first 0, 1, … weights, of shape (n_resamples, n_rows + 1)."""
    sums = np.zeros((len(weights), weights.shape[1] + 1))
    np.cumsum(weights, axis=1, out=sums[:, 1:])
    return sums


def _log_loss(labels: Labels, scores: Floats) -> Statistic:
    clipped = np.clip(scores, SMALLEST, 1 - SMALLEST)
    return mean(-np.log(np.where(labels, clipped, 1 - clipped)))


def _brier(labels: Labels, scores: Floats) -> Statistic:
    return mean((scores - labels) ** 2)


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
    from that of all rows: what is left of the way is far less than chance. If rows
    have weights of their own, it is two steps from a fit to the weighted rows.
    """
    clipped = np.clip(scores, SMALLEST, 1 - SMALLEST)
    odds = np.log(clipped / (1 - clipped))
    unweighted = _fit_logistic(odds, labels, np.ones(len(odds)))

    def of(weights: Floats) -> Floats:
        counted = (weights == np.rint(weights)).all()
        start = unweighted if counted else _fit_logistic(odds, labels, weights.mean(axis=0))
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


def _fit_logistic(x: Floats, labels: Labels, weights: Floats) -> Floats:
    """Return intercept and slope by Newton's method; nan where there are none, as with equal scores."""
    shares = np.clip([weights @ labels / weights.sum(), labels.mean()], SMALLEST, 1 - SMALLEST)
    weighted, of_rows = np.log(shares / (1 - shares))
    fit = np.array([weighted - of_rows, 1.0])  # what the weights change most is the share of positives
    columns = np.stack([np.ones_like(x), x], axis=1)
    for _ in range(25):
        expected = 1 / (1 + np.exp(-np.clip(columns @ fit, -500, 500)))
        hessian = columns.T @ (columns * (weights * expected * (1 - expected))[:, None])
        if not np.linalg.cond(hessian) < 1e12:
            break
        step = np.linalg.solve(hessian, columns.T @ (weights * (labels - expected)))
        fit = fit + step
        if np.abs(step).max() < 1e-10:
            return fit
    return np.full(2, np.nan)


_PROBABILISTIC: Mapping[str, Callable[[Labels, Floats], Statistic]] = MappingProxyType(
    {
        "roc_auc": roc_auc,
        "average_precision": _average_precision,
        "log_loss": _log_loss,
        "brier": _brier,
        "calibration_error": _calibration_error,
        "calibration_slope": _calibration_slope,
    }
)
_OF_COUNTS: Mapping[str, Callable[[Labels, Labels], Statistic]] = MappingProxyType(
    {"f1": _f_beta(1), "f2": _f_beta(2), "f0.5": _f_beta(0.5), "matthews_corrcoef": _matthews_corrcoef}
)
