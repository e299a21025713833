"""Metrics of probabilities of classes against classes, as functions of row weights, for the bootstrap.

With all weights 1, each metric equals scikit-learn's metric of the same name; tests check it. Like
scikit-learn's, a mean over classes leaves out the classes that do not occur, for `f1_macro` and its like
neither among the labels nor among the predicted classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.metrics.binary_metrics import SMALLEST, roc_auc
from trimtab.learning.metrics.metric import Metric
from trimtab.learning.resampling.bootstrap import Floats, Statistic, mean, share

Codes: TypeAlias = NDArray[np.intp]  # of shape (n_rows,)


def multiclass_statistic(metric: Metric, labels: Codes, predictions: Floats) -> Statistic:
    """Return a built-in metric as a function of row weights.

    Args:
        metric: The metric.
        labels: The number of each row's class, of shape (n_rows,).
        predictions: The probabilities of the classes, of shape (n_rows, n_classes).
    """
    return _STATISTICS[metric.name](labels, predictions)


def predicted_classes(predictions: Floats) -> Codes:
    """Return the number of the most probable class of each row, the first of several."""
    return np.asarray(predictions.argmax(axis=1), dtype=np.intp)


def _log_loss(labels: Codes, predictions: Floats) -> Statistic:
    return mean(-np.log(np.clip(predictions[np.arange(len(labels)), labels], SMALLEST, 1)))


def _roc_auc_ovr(labels: Codes, predictions: Floats) -> Statistic:
    """Return the mean over classes of the ROC AUC of the class against all others."""
    each = [roc_auc(labels == number, column) for number, column in enumerate(predictions.T)]

    def average(weights: Floats) -> Floats:
        found = np.array([of(weights) for of in each])
        defined = np.isfinite(found)
        mean_of: Floats = np.where(defined, found, 0).sum(axis=0) / defined.sum(axis=0)
        return mean_of

    return average


def _accuracy(labels: Codes, predictions: Floats) -> Statistic:
    return share(predicted_classes(predictions) == labels)


def _top_k_accuracy(k: int) -> Callable[[Codes, Floats], Statistic]:
    def top_k(labels: Codes, predictions: Floats) -> Statistic:
        best = np.argsort(predictions, axis=1, kind="stable")[:, ::-1][:, :k]
        return share((best == labels[:, None]).any(axis=1))

    return top_k


def _confusion(labels: Codes, predictions: Floats) -> Callable[[Floats], Floats]:
    """Return the confusion matrix as a function of row weights, of shape (n_resamples, actual, predicted)."""
    number = predictions.shape[1]
    cell = labels * number + predicted_classes(predictions)
    one_hot = np.zeros((len(labels), number * number), dtype=np.float64)
    one_hot[np.arange(len(labels)), cell] = 1
    used = np.flatnonzero(one_hot.any(axis=0))  # most cells of many classes are empty
    one_hot = one_hot[:, used]

    def matrix(weights: Floats) -> Floats:
        counts = np.zeros((len(weights), number * number))
        counts[:, used] = weights @ one_hot
        return counts.reshape(-1, number, number)

    return matrix


def _of_confusion(figure: Callable[[Floats], Floats]) -> Callable[[Codes, Floats], Statistic]:
    """Return the metric that is a figure of confusion matrices, of shape (n_resamples, actual, predicted)."""

    def metric(labels: Codes, predictions: Floats) -> Statistic:
        confusion = _confusion(labels, predictions)
        return lambda weights: figure(confusion(weights))

    return metric


def _balanced_accuracy(matrix: Floats) -> Floats:
    actual = matrix.sum(axis=2)
    recall = np.divide(_hits(matrix), actual, out=np.zeros_like(actual), where=actual > 0)
    average: Floats = recall.sum(axis=1) / (actual > 0).sum(axis=1)
    return average


def _f_macro(beta: float) -> Callable[[Floats], Floats]:
    def f_macro(matrix: Floats) -> Floats:
        of_class, counted = _f_by_class(matrix, beta)
        average: Floats = of_class.sum(axis=1) / (counted > 0).sum(axis=1)
        return average

    return f_macro


def _f1_weighted(matrix: Floats) -> Floats:
    actual = matrix.sum(axis=2)
    average: Floats = (_f_by_class(matrix, 1)[0] * actual).sum(axis=1) / actual.sum(axis=1)
    return average


def _f_by_class(matrix: Floats, beta: float) -> tuple[Floats, Floats]:
    """Return F-beta by class, 0 for a class that does not occur, and its denominator."""
    square = beta**2
    counted = matrix.sum(axis=1) + square * matrix.sum(axis=2)
    f_beta = np.divide((1 + square) * _hits(matrix), counted, out=np.zeros_like(counted), where=counted > 0)
    return f_beta, counted


def _hits(matrix: Floats) -> Floats:
    hits: Floats = np.einsum("rkk->rk", matrix)
    return hits


def _matthews_corrcoef(matrix: Floats) -> Floats:
    """Return the correlation of classes (Gorodkin, Comput. Biol. Chem. 2004); 0 if one side is constant."""
    actual, predicted = matrix.sum(axis=2), matrix.sum(axis=1)
    total, hits = actual.sum(axis=1), _hits(matrix).sum(axis=1)
    covariance = hits * total - (actual * predicted).sum(axis=1)
    spread = (total**2 - (predicted**2).sum(axis=1)) * (total**2 - (actual**2).sum(axis=1))
    found = np.divide(covariance, np.sqrt(spread), out=np.zeros_like(covariance), where=spread > 0)
    return np.where(total > 0, found, np.nan)


_STATISTICS: Mapping[str, Callable[[Codes, Floats], Statistic]] = MappingProxyType(
    {
        "log_loss": _log_loss,
        "roc_auc_ovr": _roc_auc_ovr,
        "accuracy": _accuracy,
        "balanced_accuracy": _of_confusion(_balanced_accuracy),
        "f1_macro": _of_confusion(_f_macro(1)),
        "f1_weighted": _of_confusion(_f1_weighted),
        "f2_macro": _of_confusion(_f_macro(2)),
        "f0.5_macro": _of_confusion(_f_macro(0.5)),
        "matthews_corrcoef": _of_confusion(_matthews_corrcoef),
        "top_2_accuracy": _top_k_accuracy(2),
        "top_3_accuracy": _top_k_accuracy(3),
    }
)
