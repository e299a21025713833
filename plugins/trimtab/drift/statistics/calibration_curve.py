"""The calibration curve: what was observed among similar predictions of the reference."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def bin_means(rows: ArrayLike, sums: ArrayLike) -> NDArray[np.float64]:
    """Return the mean observed value per bin of predictions. An empty bin has the mean of all rows.

    Args:
        rows: Rows of the reference per bin, of shape (n_bins,).
        sums: Sum of the observed values per bin, of shape (n_bins,).
    """
    n, total = np.asarray(rows, dtype=np.float64), np.asarray(sums, dtype=np.float64)
    return np.asarray(np.divide(total, n, out=np.full_like(n, total.sum() / n.sum()), where=n > 0))


def expected_mean(rows: ArrayLike, means: ArrayLike) -> float:
    """Return the mean value to expect in a window whose predictions fall into these bins.

    Args:
        rows: Rows of the window per bin, of shape (n_bins,).
        means: Mean observed value per bin, of shape (n_bins,).
    """
    n, mean = np.asarray(rows, dtype=np.float64), np.asarray(means, dtype=np.float64)
    return float(np.sum(n * mean) / n.sum())
