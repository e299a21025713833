"""Could chance alone have moved it this far? Tests on counts, and on areas under ROC curves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_EXPECTED = 5  # rows; the usual bound below which chi-squared is no longer to be trusted


def same_distribution(expected: ArrayLike, actual: ArrayLike, *, design_effect: float = 1.0) -> float:
    """Return the p-value that two samples of counts come from one distribution.

    Pearson's chi-squared test of homogeneity. Rows are rarely independent: orders of an hour share their
    promotions. So the statistic is divided by the design effect, how much more it moves between clean periods
    than independent rows would (Rao & Scott, "On Chi-Squared Tests for Multiway Contingency Tables", 1984).

    Args:
        expected: Rows of the reference per bin, of shape (n_bins,).
        actual: Rows of the window per bin, of shape (n_bins,).
        design_effect: 1 for independent rows, above for rows that move together.
    """
    from scipy.special import chdtrc

    table = _pooled(np.array([expected, actual], dtype=np.float64))
    freedom = table.shape[1] - 1
    return float(chdtrc(freedom, chi_squared(table) / design_effect)) if freedom else 1.0


def design_effect(periods: ArrayLike) -> float:
    """Return how much more counts move between clean periods than those of independent rows would.

    Pearson's chi-squared over its degrees of freedom: for independent rows its expectation is 1, however few
    are expected in a bin, so that none has to be pooled.

    Args:
        periods: Rows per period and bin, of shape (n_periods, n_bins).
    """
    table = np.asarray(periods, dtype=np.float64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    return max(1.0, chi_squared(table) / freedom) if freedom > 0 else 1.0


def chi_squared(table: NDArray[np.float64]) -> float:
    """Return Pearson's statistic of a table whose rows and columns all hold something."""
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return float(np.sum((table - expected) ** 2 / expected))


def expected_psi(bins: int, reference: int, window: int, *, design_effect: float = 1.0) -> float:
    """Return the PSI that chance gives two samples of one distribution (Yurdakul 2018)."""
    return design_effect * (bins - 1) * (1 / reference + 1 / window)


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return adjusted p-values: below q, the false ones are a share of q on average.

    Benjamini & Hochberg, "Controlling the False Discovery Rate", 1995.

    Args:
        p_values: Of shape (n_tests,).
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)[::-1]
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(np.minimum(scaled, 1.0))
    return adjusted


def auc_standard_error(auc: float, positives: float, negatives: float) -> float:
    """Return the standard error of an area under the ROC curve.

    Hanley & McNeil, "The Meaning and Use of the Area under a ROC Curve", Radiology 1982.

    Args:
        auc: The area.
        positives: Rows of the positive class.
        negatives: Rows of the negative class.
    """
    if min(positives, negatives) < 1:
        return math.inf
    both_positive, both_negative = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (positives - 1) * (both_positive - auc**2)
    spread += (negatives - 1) * (both_negative - auc**2)
    return math.sqrt(max(spread, 0.0) / (positives * negatives))


def above_zero(value: float, standard_error: float) -> float:
    """Return the one-sided p-value that a normal value of mean 0 is this great or greater."""
    if standard_error == 0:
        return 0.0 if value > 0 else 1.0
    return 0.5 * math.erfc(value / standard_error / math.sqrt(2))


def _pooled(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pool the columns in which the smallest row has too few to expect into one, and drop empty ones."""
    least = table.sum(axis=0) * (table.sum(axis=1).min() / table.sum())
    rare = least < LEAST_EXPECTED
    if not rare.any():
        return table
    pool = table[:, rare].sum(axis=1, keepdims=True)
    kept = table[:, ~rare]
    return np.hstack([kept, pool]) if pool.sum() else kept
