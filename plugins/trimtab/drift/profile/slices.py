"""Model performance by slice: a slice is the rows of one larger category of a categorical feature."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveInt

from trimtab.drift.profile.column_profile import CategoryProfile, ColumnProfile
from trimtab.drift.statistics import Figure, ScoredRows, measure_figures
from trimtab.learning import Metric

MAX_SLICES = 8  # of a feature, the largest
MIN_ROWS = 200  # with fewer rows a metric is too uncertain


class SlicePerformance(BaseModel):
    """The performance of a model in one slice.

    Attributes:
        rows: Rows with a label.
        figures: The metrics that are defined.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    rows: PositiveInt
    figures: dict[str, Figure]


Slices = dict[str, dict[str, SlicePerformance]]


def sliced_features(profiles: Mapping[str, ColumnProfile]) -> list[str]:
    """Return the features that have slices: the categorical ones."""
    return [name for name, profile in profiles.items() if profile.kind == "category"]


def performance_by_slice(
    profiles: Mapping[str, ColumnProfile],
    bin_indices: Mapping[str, NDArray[np.uint8]],
    scored: ScoredRows,
    metrics: Mapping[str, Metric],
) -> Slices:
    """Return the performance in each slice that has enough labels, and labels that differ.

    Args:
        profiles: The reference's profiles, by feature, the largest categories first.
        bin_indices: Each row's bin index, of shape (n_rows,), by feature.
        scored: Predictions and labels of the rows.
        metrics: The metrics to measure, by name.
    """
    found: Slices = {}
    for name, indices in bin_indices.items():
        profile = profiles[name]
        if isinstance(profile, CategoryProfile):
            slices = {
                category: _slice_performance(scored.select(indices == index), metrics)
                for index, category in enumerate(list(profile.counts)[:MAX_SLICES])
            }
            found[name] = {category: measured for category, measured in slices.items() if measured}
    return found


def _slice_performance(scored: ScoredRows, metrics: Mapping[str, Metric]) -> SlicePerformance | None:
    rows = len(scored.labels)
    if rows < MIN_ROWS:
        return None
    figures = measure_figures(scored.problem, metrics, scored.labels, scored.predictions_of_known)
    return SlicePerformance(rows=rows, figures=figures) if figures else None
