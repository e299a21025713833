"""Confidence-based performance estimation: the performance of a model before the labels arrive.

If the model is as well calibrated as in the reference, its scores tell how many rows per bin are positive.
This tells how well the scores separate the classes. The estimate shows what a shift of the features costs.
It cannot show concept drift: other labels for the same features.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def positive_rates(rows: ArrayLike, positives: ArrayLike) -> NDArray[np.float64]:
    """Return the share of positive labels per bin of scores. An empty bin has the share of all rows.

    Args:
        rows: Rows of the reference per bin of its scores, of shape (n_bins,).
        positives: Rows with a positive label per bin, of shape (n_bins,).
    """
    n, k = np.asarray(rows, dtype=np.float64), np.asarray(positives, dtype=np.float64)
    return np.asarray(np.divide(k, n, out=np.full_like(n, k.sum() / n.sum()), where=n > 0))


def expected_auc(rows: ArrayLike, rates: ArrayLike) -> float | None:
    """Return the ROC AUC of scores whose bins have these positive rates; None if only one class is expected.

    ROC AUC is the probability that a positive row is in a higher bin than a negative row, plus half the
    probability that both are in the same bin.

    Args:
        rows: Rows per bin of ascending scores, of shape (n_bins,).
        rates: Share of positive labels per bin, of shape (n_bins,).
    """
    n, p = np.asarray(rows, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    positive, negative = n * p, n * (1 - p)
    below = np.cumsum(negative) - negative / 2
    pairs = positive.sum() * negative.sum()
    return float(np.sum(positive * below) / pairs) if pairs > 0 else None


def expected_base_rate(rows: ArrayLike, rates: ArrayLike) -> float:
    """Return the share of positive labels of scores whose bins have these positive rates.

    Args:
        rows: Rows per bin of scores, of shape (n_bins,).
        rates: Share of positive labels per bin, of shape (n_bins,).
    """
    n, p = np.asarray(rows, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    return float(np.sum(n * p) / n.sum())
