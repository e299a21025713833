"""Distances between two distributions: pure functions of histogram counts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def population_stability_index(expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the population stability index of two distributions over the same bins.

    .. math:: PSI = \\sum_i (a_i - e_i) \\ln(a_i / e_i)

    This is the symmetric divergence of Jeffreys (1946) and Kullback & Leibler (1951). Credit scoring gave it
    the name (N. Siddiqi, "Credit Risk Scorecards", Wiley 2006): below 0.1 is stable, above 0.25 is a shift.
    For two samples of n and m rows from one distribution its mean is (n_bins - 1)(1/n + 1/m)
    (B. Yurdakul, "Statistical Properties of Population Stability Index", 2018).

    Args:
        expected: Shares of the reference, of shape (n_bins,), all above 0.
        actual: Shares of the window, of shape (n_bins,), all above 0.
    """
    e, a = np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    return float(np.sum((a - e) * np.log(a / e)))


def smoothed_shares(counts: ArrayLike) -> NDArray[np.float64]:
    """Return the shares of the bins, with half a row added to each bin so that none is empty.

    Half a row is Jeffreys' prior for a multinomial (Krichevsky & Trofimov 1981). Unlike a fixed floor, its
    effect shrinks as the number of rows grows.

    Args:
        counts: Rows per bin, of shape (n_bins,).
    """
    return _shares(np.asarray(counts, dtype=np.float64) + 0.5)


def smoothed_psi(expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the smoothed PSI of two samples. Bins that are empty in both are left out.

    Args:
        expected: Rows of the reference per bin, of shape (n_bins,).
        actual: Rows of the window per bin, of shape (n_bins,).
    """
    e, a = np.asarray(expected), np.asarray(actual)
    used = (e > 0) | (a > 0)
    return population_stability_index(smoothed_shares(e[used]), smoothed_shares(a[used]))


def jensen_shannon_distance(expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the Jensen-Shannon distance of two samples in the same bins, from 0 (equal) to 1 (disjoint).

    The distance is the square root of the divergence to the base 2, a metric (Endres & Schindelin 2003).
    Unlike PSI it is bounded, so it can be multiplied by a feature's importance.

    Args:
        expected: Rows of the reference per bin, of shape (n_bins,).
        actual: Rows of the window per bin, of shape (n_bins,).
    """
    from scipy.spatial.distance import jensenshannon

    # Of almost equal samples, rounding may give a divergence of -1e-17, and SciPy then returns NaN.
    with np.errstate(invalid="ignore"):
        distance = float(jensenshannon(expected, actual, base=2))
    return 0.0 if math.isnan(distance) else distance


def normalized_wasserstein_distance(edges: ArrayLike, expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the first Wasserstein distance of two histograms, in standard deviations of the reference.

    The distance is the area between the cumulative shares. Values are clipped to the outermost edges, and
    the cumulative shares are linear within a bin. ``scipy.stats.wasserstein_distance`` is for single values:
    with it, all rows of a bin would have one value.

    Args:
        edges: Edges of the bins, of shape (n_edges,).
        expected: Rows of the reference per bin, of shape (n_edges + 1,), without the missing values.
        actual: Rows of the window per bin, of shape (n_edges + 1,), without the missing values.
    """
    cuts = np.asarray(edges, dtype=np.float64)
    if len(cuts) < 2 or not np.sum(expected) or not np.sum(actual):
        return 0.0
    e, a = _shares(expected), _shares(actual)
    apart = (np.cumsum(a) - np.cumsum(e))[:-1]
    left, right, width = apart[:-1], apart[1:], np.diff(cuts)
    # Where the difference changes sign within a bin, the area is that of two triangles.
    sizes = np.abs(left) + np.abs(right)
    crossing = np.divide(left**2 + right**2, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    area = np.sum(np.where(left * right < 0, crossing, sizes) / 2 * width)
    deviation = _standard_deviation(cuts, e)
    return float(area / deviation) if deviation > 0 else 0.0


def _standard_deviation(edges: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """Return the standard deviation of values clipped to the outermost edges and uniform within each bin."""
    low, high = np.r_[edges[0], edges], np.r_[edges, edges[-1]]
    mean = np.sum(shares * (low + high) / 2)
    square = np.sum(shares * (low**2 + low * high + high**2) / 3)
    return float(np.sqrt(max(square - mean**2, 0.0)))


def _shares(counts: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(counts, dtype=np.float64)
    return np.asarray(values / values.sum(), dtype=np.float64)
