"""Noise: how much the statistics of a reference vary between its own periods, measured as design effects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from trimtab.drift.profile.binning import quantile_edges
from trimtab.drift.profile.column_profile import COARSE_BINS, NumericProfile
from trimtab.drift.profile.table_histograms import TableHistograms
from trimtab.drift.statistics import auc_standard_error, design_effect, domain_auc

MIN_ROWS_OF_A_CLASS = 10  # of a period, for a ROC AUC
DIGITS = 4


class Noise(BaseModel):
    """How much each statistic varies between periods of the reference, relative to independent rows.

    Attributes:
        features: Design effect by feature; 1 is that of independent rows.
        scores: Design effect of the predicted probabilities.
        base_rate: Design effect of the labels.
        roc_auc: Design effect of the ROC AUC.
        joint: AUC of the domain classifier between the two halves of the reference in time; 0.5 is no noise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    features: dict[str, float] = Field(default_factory=dict)
    scores: float = 1.0
    base_rate: float = 1.0
    roc_auc: float = 1.0
    joint: float = 0.5


ScoredLabels = tuple[NDArray[np.float64], NDArray[np.int64]]


def measure_noise(
    histograms: TableHistograms, scored: ScoredLabels | None, periods: NDArray[np.intp] | None
) -> Noise:
    """Measure the noise of a table; without periods, its rows count as independent.

    Args:
        histograms: The histograms of the table, by period.
        scored: Scores and labels, each of shape (n_rows,).
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
    return noise.model_copy(update=_prediction_noise(*scored, periods)) if scored else noise


def _prediction_noise(
    scores: NDArray[np.float64], labels: NDArray[np.int64], periods: NDArray[np.intp]
) -> dict[str, float]:
    tenths = NumericProfile.empty(quantile_edges(scores, COARSE_BINS))
    bins, number = len(tenths.bin_counts()), int(periods.max()) + 1
    scores_by_period = np.bincount(
        periods * bins + tenths.bin_indices_of_floats(scores), minlength=number * bins
    )
    labels_by_period = np.bincount(periods * 2 + labels, minlength=number * 2)
    return {
        "scores": round(design_effect(scores_by_period.reshape(-1, bins)), DIGITS),
        "base_rate": round(design_effect(labels_by_period.reshape(-1, 2)), DIGITS),
        "roc_auc": round(_auc_design_effect(scores, labels, periods), DIGITS),
    }


def _auc_design_effect(
    scores: NDArray[np.float64], labels: NDArray[np.int64], periods: NDArray[np.intp]
) -> float:
    """Return the variance of the ROC AUC between periods, relative to its squared standard error."""
    from sklearn.metrics import roc_auc_score

    areas, errors = [], []
    for period in range(int(periods.max()) + 1):
        in_period = labels[periods == period]
        positives = int(in_period.sum())
        if MIN_ROWS_OF_A_CLASS <= positives <= len(in_period) - MIN_ROWS_OF_A_CLASS:
            areas.append(float(roc_auc_score(in_period, scores[periods == period])))
            errors.append(auc_standard_error(areas[-1], positives, len(in_period) - positives))
    if len(areas) < 2:
        return 1.0
    return max(1.0, float(np.var(areas, ddof=1) / np.mean(np.square(errors))))
