"""A project's own metric as a function of row weights, for the bootstrap."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import ConfigError
from trimtab.learning.metrics.metric import Metric
from trimtab.learning.problems.problem_type import ProblemType
from trimtab.learning.resampling.bootstrap import Floats, Statistic

PROBE_ROWS, PROBES = 200, 3


def project_statistic(metric: Metric, labels: NDArray[Any], predictions: Floats) -> Statistic:
    """Return the metric as a function of row weights.

    Args:
        metric: The metric.
        labels: The labels, of shape (n_rows,).
        predictions: The predictions, with an entry for each row.
    """
    return lambda weights: np.array([_compute(metric, labels, predictions, row) for row in weights])


@lru_cache
def require_weighted(metric: Metric, problem: ProblemType) -> None:
    """Refuse a metric that fails, or for which a weight of 2 is not the same as the row twice.

    The intervals of such a metric would be wrong. Of one that ignores the weights they would have no width,
    so that each difference would count as certain. Nothing is refused while the classes are not known.

    Raises:
        ConfigError: It does so on random rows.
    """
    for seed in range(PROBES):
        example = problem.example(PROBE_ROWS, seed)
        if example is None:
            return
        labels, predictions = example
        random = np.random.default_rng(PROBES + seed)
        counts = random.multinomial(PROBE_ROWS, [1 / PROBE_ROWS] * PROBE_ROWS)
        weighted = _compute(metric, labels, predictions, counts.astype(np.float64))
        drawn = np.repeat(np.arange(PROBE_ROWS), counts)
        repeated = _compute(metric, labels[drawn], predictions[drawn], np.ones(PROBE_ROWS))
        if not math.isclose(weighted, repeated, rel_tol=1e-6, abs_tol=1e-9) and not math.isnan(repeated):
            raise ConfigError(
                f"The metric '{metric.name}' does not take the weights as counts of rows: it is"
                f" {weighted:g}, and {repeated:g} if each row is repeated instead",
                where=f"{_module(metric)}:{metric.name}",
                fix="use `sample_weight`, for example in `np.average(..., weights=sample_weight)`",
            )


def _compute(metric: Metric, labels: NDArray[Any], predictions: Floats, weights: Floats) -> float:
    """Return the metric; NaN, which is undefined, if no row was drawn."""
    if not weights.any():
        return math.nan
    try:
        value = float(metric(_read_only(labels), _read_only(predictions), _read_only(weights)))
    except Exception as err:  # a project's own code can raise anything
        raise ConfigError(
            f"The metric '{metric.name}' failed: {type(err).__name__}: {str(err)[:200]}",
            where=f"{_module(metric)}:{metric.name}",
            fix="it gets labels, predictions and weights, which it may not change; a weight may be 0",
        ) from err
    if math.isinf(value):
        raise ConfigError(
            f"The metric '{metric.name}' is not finite: {value}", where=f"{_module(metric)}:{metric.name}"
        )
    return value


def _read_only(values: NDArray[Any]) -> NDArray[Any]:
    """Return a view that the metric cannot write to: other metrics are computed from the same arrays."""
    view = values.view()
    view.flags.writeable = False
    return view


def _module(metric: Metric) -> str:
    return str(getattr(metric.function, "__module__", ""))
