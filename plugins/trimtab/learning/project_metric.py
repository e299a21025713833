"""A project's own metric as a function of row weights, for the bootstrap."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from trimtab.errors import ConfigError
from trimtab.learning.bootstrap import Floats, Statistic
from trimtab.learning.metric import Metric

PROBE_ROWS, PROBES = 200, 3


def project_statistic(metric: Metric, labels: np.ndarray, scores: Floats) -> Statistic:
    """Return the metric as a function of row weights.

    Args:
        metric: The metric.
        labels: Whether a row is positive, of shape (n_rows,).
        scores: Predicted probability of the positive class, of shape (n_rows,).
    """
    return lambda weights: np.array([_compute(metric, labels, scores, row) for row in weights])


def require_weighted(metric: Metric, name: str) -> None:
    """Refuse a metric that fails, is undefined, or ignores the weights.

    Intervals of a metric that ignores the weights would have no width, so that each difference would count
    as certain.

    Raises:
        ConfigError: It does so on random rows.
    """
    random = np.random.default_rng(0)
    labels, scores = random.random(PROBE_ROWS) < 0.3, random.random(PROBE_ROWS)
    of = partial(_compute, metric, labels, scores)
    drawn = [
        random.multinomial(PROBE_ROWS, [1 / PROBE_ROWS] * PROBE_ROWS).astype(float) for _ in range(PROBES)
    ]
    values = {of(weights) for weights in (np.ones(PROBE_ROWS), *drawn)}
    if any(map(math.isnan, values)):
        raise ConfigError(
            f"The metric '{metric.name}' is undefined on random labels and scores",
            where=name,
            fix="return a number for rows of both classes; a row may have the weight 0",
        )
    if len(values) == 1:
        raise ConfigError(
            f"The metric '{metric.name}' ignores the weights: it is {values.pop():g} whatever they are",
            where=name,
            fix="use `sample_weight`, for example in `np.average(..., weights=sample_weight)`",
        )


def _compute(metric: Metric, labels: np.ndarray, scores: Floats, weights: Floats) -> float:
    assert metric.function is not None
    try:
        value = float(metric.function(labels, scores, weights))
    except Exception as err:  # a project's own code can raise anything
        raise ConfigError(
            f"The metric '{metric.name}' failed: {type(err).__name__}: {str(err)[:200]}",
            where=f"{metric.function.__module__}:{metric.name}",
            fix="call it with arrays of labels, scores and weights; a row may have the weight 0",
        ) from err
    if math.isinf(value):
        raise ConfigError(
            f"The metric '{metric.name}' is not finite: {value}", where=f"{metric.function.__module__}"
        )
    return value
