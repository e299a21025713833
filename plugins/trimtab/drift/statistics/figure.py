"""Figures: metrics of labelled rows, with their standard errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeFloat

from trimtab.drift.statistics.rounding import round_figure
from trimtab.learning import Floats, Metric, ProblemType


class Figure(BaseModel):
    """A metric of the rows of a reference.

    Attributes:
        value: The metric.
        error: Its standard error, for independent rows; None if it is not known.
        expected: What would be estimated for the same rows without labels; None if it is not estimated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    value: float
    error: NonNegativeFloat | None
    expected: float | None = None


def measure_metric(
    problem: ProblemType, metric: Metric, labels: NDArray[Any], predictions: Floats
) -> float | None:
    """Return a metric, rounded; None if it is undefined for these rows."""
    if problem.find_unmeasurable(labels):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        value = problem.figure(metric, labels, predictions)
    return round_figure(value) if math.isfinite(value) else None


def measure_figures(
    problem: ProblemType, metrics: Mapping[str, Metric], labels: NDArray[Any], predictions: Floats
) -> dict[str, Figure]:
    """Return metrics with their standard errors; those that are undefined for these rows are left out."""
    values = {name: measure_metric(problem, metric, labels, predictions) for name, metric in metrics.items()}
    defined = {name: value for name, value in values.items() if value is not None}
    if not defined:
        return {}
    errors = problem.standard_errors([metrics[name] for name in defined], labels, predictions)
    return {
        name: Figure(value=value, error=round_figure(error))
        for (name, value), error in zip(defined.items(), errors, strict=True)
        if math.isfinite(error)
    }
