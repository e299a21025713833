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
