"""Significance tests: p-values of differences in counts and means, and design effects."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

MIN_EXPECTED_ROWS = 5  # the usual bound below which the chi-squared approximation is not valid


def homogeneity_p_value(expected: ArrayLike, actual: ArrayLike, *, design_effect: float = 1.0) -> float:
    """Return the p-value of the hypothesis that two samples of counts come from one distribution.

    This is Pearson's chi-squared test of homogeneity. Rows are rarely independent: orders of one hour share
    their promotions. So the statistic is divided by the design effect (Rao & Scott, "On Chi-Squared Tests for
    Multiway Contingency Tables", 1984).

    Args:
        expected: Rows of the reference per bin, of shape (n_bins,).
        actual: Rows of the window per bin, of shape (n_bins,).
        design_effect: Variance of the counts relative to independent rows; 1 for independent rows.
    """
    from scipy.stats import chi2, chi2_contingency

    table = _pool_rare_bins(np.array([expected, actual], dtype=np.float64))
    if table.shape[1] < 2:
        return 1.0
    tested = chi2_contingency(table, correction=False)
    return float(chi2.sf(tested.statistic / design_effect, tested.dof))


def design_effect(periods: ArrayLike) -> float:
    """Return the variance of the counts between periods, relative to independent rows; at least 1.

    The design effect is Pearson's chi-squared over its degrees of freedom. For independent rows its mean is 1
    even where few rows are expected in a bin, so no bins have to be pooled.

    Args:
        periods: Rows per period and bin, of shape (n_periods, n_bins).
    """
    from scipy.stats import chi2_contingency

    table = np.asarray(periods, dtype=np.float64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return 1.0
    tested = chi2_contingency(table, correction=False)
    return max(1.0, float(tested.statistic) / float(tested.dof))


def mean_design_effect(values: ArrayLike, periods: NDArray[np.intp]) -> float:
    """Return the variance of the mean of a value between periods, relative to independent rows; at least 1.

    For values of 0 and 1 it equals :func:`design_effect` of their counts.

    Args:
        values: A value of each row, of shape (n_rows,).
        periods: Each row's period, numbered from 0, of shape (n_rows,).
    """
    each = np.asarray(values, dtype=np.float64)
    rows, variance = np.bincount(periods), float(each.var())
    used = rows > 0
    if used.sum() < 2 or not variance:
        return 1.0
    means = np.bincount(periods, weights=each)[used] / rows[used]
    between = float((rows[used] * (means - each.mean()) ** 2).sum()) / (int(used.sum()) - 1)
    return max(1.0, between / variance)


def expected_psi(bins: int, reference: int, window: int, *, design_effect: float = 1.0) -> float:
    """Return the mean PSI of two samples of one distribution (Yurdakul 2018).

    Args:
        bins: Number of bins.
        reference: Rows of the reference.
        window: Rows of the window.
        design_effect: Variance of the counts relative to independent rows.
    """
    return design_effect * (bins - 1) * (1 / reference + 1 / window)


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return adjusted p-values: of those below q, a share of q on average are false discoveries.

    Benjamini & Hochberg, "Controlling the False Discovery Rate", 1995.

    Args:
        p_values: P-values, of shape (n_tests,).
    """
    from scipy.stats import false_discovery_control

    adjusted = false_discovery_control(np.asarray(p_values, dtype=np.float64), method="bh")
    return np.asarray(adjusted, dtype=np.float64)


def one_sided_p_value(value: float, standard_error: float) -> float:
    """Return the probability that a normal variable of mean 0 is at least ``value``."""
    if standard_error == 0:
        return 0.0 if value > 0 else 1.0
    return 0.5 * math.erfc(value / standard_error / math.sqrt(2))


def _pool_rare_bins(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pool the bins with too few expected rows in the smaller sample into one bin, and drop empty bins."""
    expected = table.sum(axis=0) * (table.sum(axis=1).min() / table.sum())
    rare = expected < MIN_EXPECTED_ROWS
    if not rare.any():
        return table
    pool = table[:, rare].sum(axis=1, keepdims=True)
    kept = table[:, ~rare]
    return np.hstack([kept, pool]) if pool.sum() else kept
