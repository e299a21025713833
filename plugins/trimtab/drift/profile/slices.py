"""Model performance by slice: a slice is the rows of one larger category of a categorical feature."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveInt

from trimtab.drift.profile.column_profile import CategoryProfile, ColumnProfile
from trimtab.drift.statistics import DIGITS, auc_standard_error

MAX_SLICES = 8  # of a feature, the largest
MIN_ROWS = 200  # with fewer rows the ROC AUC is too uncertain


class SlicePerformance(BaseModel):
    """The performance of a model in one slice."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    rows: PositiveInt
    base_rate: float
    roc_auc: float

    @property
    def auc_error(self) -> float:
        """Standard error of the ROC AUC."""
        positives = self.rows * self.base_rate
        return auc_standard_error(self.roc_auc, positives, self.rows - positives)


Slices = dict[str, dict[str, SlicePerformance]]


def sliced_features(profiles: Mapping[str, ColumnProfile]) -> list[str]:
    """Return the features that have slices: the categorical ones."""
    return [name for name, profile in profiles.items() if profile.kind == "category"]


def performance_by_slice(
    profiles: Mapping[str, ColumnProfile],
    bin_indices: Mapping[str, NDArray[np.uint8]],
    scores: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> Slices:
    """Return the performance in each slice that has enough rows and both classes.

    Args:
        profiles: The reference's profiles, by feature, the largest categories first.
        bin_indices: Each row's bin index, of shape (n_rows,), by feature.
        scores: Predicted probabilities, of shape (n_rows,).
        labels: Labels, 0 or 1, of shape (n_rows,).
    """
    found: Slices = {}
    for name, indices in bin_indices.items():
        profile = profiles[name]
        if isinstance(profile, CategoryProfile):
            slices = {
                category: _slice_performance(scores[indices == index], labels[indices == index])
                for index, category in enumerate(list(profile.counts)[:MAX_SLICES])
            }
            found[name] = {category: measured for category, measured in slices.items() if measured}
    return found


def _slice_performance(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> SlicePerformance | None:
    from sklearn.metrics import roc_auc_score

    if len(labels) < MIN_ROWS or labels.min() == labels.max():
        return None
    return SlicePerformance(
        rows=len(labels),
        base_rate=round(float(labels.mean()), DIGITS),
        roc_auc=round(float(roc_auc_score(labels, scores)), DIGITS),
    )
