"""Groups of neighbouring histogram bins, over which PSI and p-values are computed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trimtab.drift.profile import ColumnProfile


def group_counts(reference: ColumnProfile, profile: ColumnProfile) -> NDArray[np.int64]:
    """Return the rows of a profile per group of the reference's bins, of shape (n_groups,)."""
    counts = np.asarray(profile.bin_counts(), dtype=np.int64)
    return np.asarray(np.add.reduceat(counts, reference.group_starts()), dtype=np.int64)
