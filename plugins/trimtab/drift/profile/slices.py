"""How good scores are in parts of the rows: the larger categories of each categorical feature."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveInt

from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.drift.statistics import DIGITS, auc_standard_error

MAX_SLICES = 8  # of a feature, the largest
LEAST_ROWS = 200  # below, an area under a curve says little


class SlicePerformance(BaseModel):
    """One part of the rows."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    rows: PositiveInt
    base_rate: float
    roc_auc: float

    @property
    def auc_error(self) -> float:
        """Standard error of the area under the ROC curve."""
        positives = self.rows * self.base_rate
        return auc_standard_error(self.roc_auc, positives, self.rows - positives)


Slices = dict[str, dict[str, SlicePerformance]]


def sliced_features(profiles: Mapping[str, NumericProfile | CategoryProfile]) -> list[str]:
    """Return the features whose categories make slices."""
    return [name for name, profile in profiles.items() if profile.kind == "category"]


def performance_by_slice(
    profiles: Mapping[str, NumericProfile | CategoryProfile],
    places: Mapping[str, NDArray[np.uint8]],
    scores: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> Slices:
    """Return the performance in each slice that has enough rows and both classes.

    Args:
        profiles: The reference's profiles, largest categories first.
        places: Each row's place in its profile, of shape (n_rows,), by feature.
        scores: Predicted probabilities, of shape (n_rows,).
        labels: Outcomes, 0 or 1, of shape (n_rows,).
    """
    found: Slices = {}
    for name, codes in places.items():
        profile = profiles[name]
        if isinstance(profile, CategoryProfile):
            slices = {
                category: _performance(scores[codes == place], labels[codes == place])
                for place, category in enumerate(list(profile.counts)[:MAX_SLICES])
            }
            found[name] = {category: quality for category, quality in slices.items() if quality}
    return found


def _performance(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> SlicePerformance | None:
    from sklearn.metrics import roc_auc_score

    if len(labels) < LEAST_ROWS or labels.min() == labels.max():
        return None
    return SlicePerformance(
        rows=len(labels),
        base_rate=round(float(labels.mean()), DIGITS),
        roc_auc=round(float(roc_auc_score(labels, scores)), DIGITS),
    )
