"""How far two distributions are apart; pure functions of counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def population_stability_index(expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the population stability index of two distributions over the same bins.

    .. math:: PSI = \\sum_i (a_i - e_i) \\ln(a_i / e_i)

    the symmetric divergence of Jeffreys (1946) and Kullback & Leibler (1951), known by this name from credit
    scoring (N. Siddiqi, "Credit Risk Scorecards", Wiley 2006), where below 0.1 is read as stable and above
    0.25 as a shift. Of two samples of n and m rows from one distribution it averages (n_bins - 1)(1/n + 1/m)
    (B. Yurdakul, "Statistical Properties of Population Stability Index", 2018).

    Args:
        expected: Shares of the reference, of shape (n_bins,), all above 0.
        actual: Shares of the window, of shape (n_bins,), all above 0.
    """
    e, a = np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    return float(np.sum((a - e) * np.log(a / e)))


def smoothed_shares(counts: ArrayLike) -> NDArray[np.float64]:
    """Return the shares of the bins with half a row added to each, so that none is empty.

    Half a row is Jeffreys' prior for a multinomial (Krichevsky & Trofimov 1981). Unlike a fixed floor, it
    shrinks as rows grow: an empty bin among 100 rows says little, among a million much.

    Args:
        counts: Rows per bin, of shape (n_bins,).
    """
    padded = np.asarray(counts, dtype=np.float64) + 0.5
    return np.asarray(padded / padded.sum(), dtype=np.float64)


def psi_of_counts(expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the smoothed PSI of two samples, leaving out the bins that are empty in both.

    Args:
        expected: Rows of the reference per bin, of shape (n_bins,).
        actual: Rows of the window per bin, of shape (n_bins,).
    """
    e, a = np.asarray(expected), np.asarray(actual)
    used = (e > 0) | (a > 0)
    return population_stability_index(smoothed_shares(e[used]), smoothed_shares(a[used]))


def jensen_shannon_distance(expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the Jensen-Shannon distance of two samples in the same bins, from 0 (the same) to 1 (disjoint).

    The square root of the divergence to the base 2, a metric (Endres & Schindelin 2003), bounded where PSI
    is not: what makes it a share of what a feature is worth.

    Args:
        expected: Rows of the reference per bin, of shape (n_bins,).
        actual: Rows of the window per bin, of shape (n_bins,).
    """
    e, a = _shares(expected), _shares(actual)
    middle = (e + a) / 2
    divergence = (_relative_entropy(e, middle) + _relative_entropy(a, middle)) / 2
    return float(np.sqrt(max(divergence, 0.0)))


def wasserstein_in_spreads(edges: ArrayLike, expected: ArrayLike, actual: ArrayLike) -> float:
    """Return how far values have to be carried on average, in standard deviations of the reference.

    The first Wasserstein distance of the values cut off at the outermost edges, which is the area between
    the cumulative shares. These are known at every edge, and taken as straight in between.

    Args:
        edges: Of the bins, of shape (n_edges,).
        expected: Rows of the reference per bin, of shape (n_edges + 1,), missing ones left out.
        actual: Rows of the window per bin, of shape (n_edges + 1,), missing ones left out.
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
    spread = _standard_deviation(cuts, e)
    return float(area / spread) if spread > 0 else 0.0


def _standard_deviation(cuts: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """Of values cut off at the outermost edges and spread evenly within each bin."""
    low, high = np.r_[cuts[0], cuts], np.r_[cuts, cuts[-1]]
    mean = np.sum(shares * (low + high) / 2)
    square = np.sum(shares * (low**2 + low * high + high**2) / 3)
    return float(np.sqrt(max(square - mean**2, 0.0)))


def _shares(counts: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(counts, dtype=np.float64)
    return np.asarray(values / values.sum(), dtype=np.float64)


def _relative_entropy(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    used = p > 0
    return float(np.sum(p[used] * np.log2(p[used] / q[used])))
