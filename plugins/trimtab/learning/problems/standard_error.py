"""Standard errors of metrics: of a mean and a ROC AUC by their formulas, of all others by the bootstrap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.metrics.metric import Metric
from trimtab.learning.problems.problem_type import ProblemType
from trimtab.learning.resampling.blocks import Units, to_blocks
from trimtab.learning.resampling.bootstrap import Bootstrap, Floats, Mean, mean

RESAMPLES = 200  # a standard error of so many resamples is off by 5 %
MOST_ROWS = 10_000  # that are resampled; with more rows an error is smaller by the root of their number
CONFIDENCE, SEED = 0.95, 0


def metric_errors(
    problem: ProblemType,
    metrics: Sequence[Metric],
    labels: NDArray[Any],
    predictions: Floats,
    units: Sequence[Units] = (),
) -> list[float]:
    """Return the standard error of each metric; NaN if half of the resamples have no figure.

    Of independent rows, that of a mean is by its formula.

    Args:
        problem: The problem type.
        metrics: Metrics without a threshold.
        labels: The labels.
        predictions: The predictions.
        units: The units of rows that depend on each other; nothing if rows are independent.
    """
    if units:
        blocks = to_blocks(units, problem.row_errors(labels, predictions))
        statistics = [problem.statistic(metric, labels, predictions) for metric in metrics]
        drawn = Bootstrap(RESAMPLES, CONFIDENCE, SEED, blocks).sample(statistics, len(labels))
        return [_deviation(one.draws) for one in drawn]
    found = {}
    for metric in metrics:
        statistic = problem.statistic(metric, labels, predictions)
        if isinstance(statistic, Mean):
            found[metric.name] = statistic.error
    others = [metric for metric in metrics if metric.name not in found]
    if others:
        errors = bootstrap_errors(problem, others, labels, predictions)
        found |= {metric.name: error for metric, error in zip(others, errors, strict=True)}
    return [found[metric.name] for metric in metrics]


def bootstrap_errors(
    problem: ProblemType, metrics: Sequence[Metric], labels: NDArray[Any], predictions: Floats
) -> list[float]:
    """Return the standard error of each metric of independent rows, by resampling them.

    Rows are sorted first, so that their order does not matter. Of a large table, evenly spaced rows of that
    order are resampled, which are distributed as all rows are.

    Args:
        problem: The problem type.
        metrics: Metrics without a threshold.
        labels: The labels.
        predictions: The predictions.
    """
    rows = sorted_rows(labels, predictions)
    chosen = rows[:: -(-len(rows) // MOST_ROWS)]
    statistics = [problem.statistic(metric, labels[chosen], predictions[chosen]) for metric in metrics]
    sampled = Bootstrap(RESAMPLES, CONFIDENCE, SEED).sample(statistics, len(chosen))
    fewer = math.sqrt(len(chosen) / len(rows))
    return [_deviation(one.draws) * fewer for one in sampled]


def mean_errors(values: Floats, units: Sequence[Units]) -> list[float]:
    """Return the standard error of the mean of each column of values, of rows that depend on each other.

    Args:
        values: Of shape (n_rows, n_columns).
        units: The units of these rows.
    """
    drawn = Bootstrap(RESAMPLES, CONFIDENCE, SEED, to_blocks(units, values))
    return [_deviation(one.draws) for one in drawn.sample([mean(each) for each in values.T], len(values))]


def auc_standard_error(auc: float, positives: float, negatives: float) -> float:
    """Return the standard error of an area under the ROC curve.

    Hanley & McNeil, "The Meaning and Use of the Area under a ROC Curve", Radiology 1982.

    Args:
        auc: The area.
        positives: Rows of the positive class.
        negatives: Rows of the negative class.
    """
    if min(positives, negatives) < 1:
        return math.inf
    both_positive, both_negative = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (positives - 1) * (both_positive - auc**2)
    variance += (negatives - 1) * (both_negative - auc**2)
    return math.sqrt(max(variance, 0.0) / (positives * negatives))


def sorted_rows(*columns: NDArray[Any]) -> NDArray[np.intp]:
    """Return the positions of the rows in an order that depends on their values alone.

    Args:
        *columns: Values of each row, of shape (n_rows,) or (n_rows, n_columns); the first ones count most.
    """
    keys = [key for column in columns for key in np.atleast_2d(column.T)]
    return np.lexsort(keys[::-1])


def _deviation(draws: Floats) -> float:
    defined = draws[np.isfinite(draws)]
    return float(np.std(defined, ddof=1)) if 2 * len(defined) > len(draws) else math.nan
