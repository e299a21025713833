"""How good a model still is, before outcomes are there.

If the model is as well calibrated as it was, the predicted probabilities say by themselves how many of the
rows with each of them are positive, and so how well they part the classes: confidence-based performance
estimation. It sees what a shift of the features costs; it cannot see that the world now answers differently
to the same features.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def positive_rates(rows: ArrayLike, positives: ArrayLike) -> NDArray[np.float64]:
    """Return the share of positive outcomes per bin of scores; an empty bin has that of all rows.

    Args:
        rows: Rows of the reference per bin of its scores, of shape (n_bins,).
        positives: Those with a positive outcome, of shape (n_bins,).
    """
    n, k = np.asarray(rows, dtype=np.float64), np.asarray(positives, dtype=np.float64)
    return np.asarray(np.divide(k, n, out=np.full_like(n, k.sum() / n.sum()), where=n > 0))


def expected_auc(rows: ArrayLike, rates: ArrayLike) -> float | None:
    """Return the area under the ROC curve that scores have if the rates hold; None for one class only.

    The probability that a positive row lies in a higher bin than a negative one, half of it if in the same.

    Args:
        rows: Rows per bin of ascending scores, of shape (n_bins,).
        rates: Share of positive outcomes per bin, of shape (n_bins,).
    """
    n, p = np.asarray(rows, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    positive, negative = n * p, n * (1 - p)
    below = np.cumsum(negative) - negative / 2
    pairs = positive.sum() * negative.sum()
    return float(np.sum(positive * below) / pairs) if pairs > 0 else None


def expected_base_rate(rows: ArrayLike, rates: ArrayLike) -> float:
    """Return the share of positive outcomes to be expected if the rates hold."""
    n, p = np.asarray(rows, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    return float(np.sum(n * p) / n.sum())
