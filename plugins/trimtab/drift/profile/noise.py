"""Noise: how much the statistics of a reference vary between its own periods, measured as design effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from trimtab.drift.profile.binning import quantile_edges
from trimtab.drift.profile.column_profile import COARSE_BINS, NumericProfile
from trimtab.drift.profile.table_histograms import TableHistograms
from trimtab.drift.statistics import (
    ScoredRows,
    design_effect,
    domain_auc,
    mean_design_effect,
    measure_figures,
)

MIN_ROWS = 20  # of a period, for a metric
MIN_ROWS_OF_A_STRATUM = 10
DIGITS = 4


class Noise(BaseModel):
    """How much each statistic varies between periods of the reference, relative to independent rows.

    What is not named has the design effect 1, that of independent rows.

    Attributes:
        features: Design effect by feature.
        predictions: Design effect of the predictions, by column.
        calibrated: Design effect of the mean of what is calibrated, by column of predictions.
        metrics: Design effect by metric.
        joint: AUC of the domain classifier between the two halves of the reference in time; 0.5 is no noise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    features: dict[str, float] = Field(default_factory=dict)
    predictions: dict[str, float] = Field(default_factory=dict)
    calibrated: dict[str, float] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    joint: float = 0.5

    def at_least(self, *, metrics: Mapping[str, float], calibrated: Mapping[str, float]) -> Noise:
        """Return the noise with design effects that are no smaller than these.

        Args:
            metrics: Design effect by metric.
            calibrated: Design effect of the mean of what is calibrated, by column of predictions.
        """
        return self.model_copy(
            update={
                "metrics": _larger(self.metrics, metrics),
                "calibrated": _larger(self.calibrated, calibrated),
            }
        )


def _larger(effects: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
    return {**effects, **{name: max(other, effects.get(name, 1.0)) for name, other in others.items()}}


def measure_noise(
    histograms: TableHistograms, scored: ScoredRows | None, periods: NDArray[np.intp] | None
) -> Noise:
    """Measure the noise of a table; without periods, its rows count as independent.

    Args:
        histograms: The histograms of the table, by period.
        scored: Predictions and labels; all rows have a label.
        periods: Each row's period, numbered from 0, of shape (n_rows,).
    """
    if periods is None or periods.max() == 0:
        return Noise()
    effects = {
        name: design_effect(np.add.reduceat(table, histograms.features[name].group_starts(), axis=1))
        for name, table in histograms.by_period.items()
    }
    in_first_half = periods[histograms.sampled_rows] <= periods.max() // 2
    halves = histograms.sample[in_first_half], histograms.sample[~in_first_half]
    noise = Noise(
        features={name: round(effect, DIGITS) for name, effect in effects.items()},
        joint=round(max(domain_auc(*halves) or 0.5, 0.5), DIGITS),
    )
    return noise.model_copy(update=_prediction_noise(scored, periods)) if scored else noise


def _prediction_noise(scored: ScoredRows, periods: NDArray[np.intp]) -> dict[str, dict[str, float]]:
    names = scored.problem.columns
    observed = scored.problem.calibrated_values(scored.labels, scored.predictions)
    return {
        "predictions": {
            name: round(_histogram_design_effect(values, periods), DIGITS)
            for name, values in zip(names, scored.by_column.T, strict=True)
        },
        "calibrated": {
            name: round(mean_design_effect(values, periods), DIGITS)
            for name, values in zip(names, observed.T, strict=True)
        },
        "metrics": _metric_design_effects(scored, periods),
    }


def _histogram_design_effect(values: NDArray[np.float64], periods: NDArray[np.intp]) -> float:
    tenths = NumericProfile.empty(quantile_edges(values, COARSE_BINS))
    bins, number = len(tenths.bin_counts()), int(periods.max()) + 1
    by_period = np.bincount(periods * bins + tenths.bin_indices_of_floats(values), minlength=number * bins)
    return design_effect(by_period.reshape(-1, bins))


def _metric_design_effects(scored: ScoredRows, periods: NDArray[np.intp]) -> dict[str, float]:
    """Return the variance of each metric between periods, relative to its squared standard error."""
    metrics = scored.problem.drift_metrics
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in metrics}
    for period in range(int(periods.max()) + 1):
        part = scored.select(periods == period)
        if _is_large_enough(part):
            figures = measure_figures(part.problem, metrics, part.labels, part.predictions)
            for name, figure in figures.items():
                found[name].append((figure.value, figure.error or 0.0))
    return {name: round(_variance_ratio(figures), DIGITS) for name, figures in found.items()}


def _is_large_enough(part: ScoredRows) -> bool:
    """Whether a period has enough rows for a metric, and of classes two that have enough."""
    strata: NDArray[Any] | None = part.problem.strata(part.labels)
    if strata is None:
        return len(part.labels) >= MIN_ROWS
    sizes = np.sort(np.unique(strata, return_counts=True)[1])
    return len(sizes) > 1 and sizes[-2] >= MIN_ROWS_OF_A_STRATUM


def _variance_ratio(figures: list[tuple[float, float]]) -> float:
    """Return the variance of figures relative to their mean squared error; at least 1."""
    if len(figures) < 2:
        return 1.0
    values, errors = np.array(figures).T
    expected = float(np.mean(errors**2))
    return max(1.0, float(np.var(values, ddof=1)) / expected) if expected else 1.0
