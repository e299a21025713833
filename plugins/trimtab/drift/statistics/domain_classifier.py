"""The joint distribution: can a classifier tell the window from the reference?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.drift.statistics.significance import above_zero, auc_standard_error

LEAST_ROWS = 40  # of either side; half of them train, half judge
TREES, LEAVES = 30, 8


@dataclass(frozen=True, slots=True)
class JointDrift:
    """How well a classifier tells the window's rows from the reference's: 0.5 not at all, 1 without fail.

    Attributes:
        auc: Area under its ROC curve, on rows it has not seen.
        low: Lower end of the 95 % interval.
        high: Upper end.
        p_value: That it is no better than chance.
        noise: The same area between the two halves of the reference in time: what is normal.
        rows: Rows of the samples, both together.
    """

    auc: float
    low: float
    high: float
    p_value: float
    noise: float
    rows: int


def domain_auc(reference: NDArray[np.uint8], window: NDArray[np.uint8]) -> float | None:
    """Return how well trees tell two samples apart, on the half of the rows they have not seen.

    Rows are judged once and by a model that has not seen them, so that with nothing to find the area is
    that of a Mann-Whitney test, 0.5 give or take what chance gives.

    Args:
        reference: Places of the values, of shape (n_reference, n_features).
        window: The same of the window, of shape (n_window, n_features).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from threadpoolctl import threadpool_limits

    if min(len(reference), len(window)) < LEAST_ROWS or reference.shape[1] == 0:
        return None
    rows = np.vstack([reference, window])
    domain = np.r_[np.zeros(len(reference), dtype=np.int64), np.ones(len(window), dtype=np.int64)]
    order = np.random.default_rng(0).permutation(len(rows))
    train, judge = order[::2], order[1::2]
    model = HistGradientBoostingClassifier(max_iter=TREES, max_leaf_nodes=LEAVES, random_state=0)
    with threadpool_limits(1):  # the same bytes on any number of cores, and fastest on busy ones
        model.fit(rows[train], domain[train])
        guesses = model.predict_proba(rows[judge])[:, 1]
    return float(roc_auc_score(domain[judge], guesses))


def joint_drift(
    reference: NDArray[np.uint8], window: NDArray[np.uint8], *, noise: float
) -> JointDrift | None:
    """Measure how far the joint distribution moved; None if either sample is too small to tell.

    Args:
        reference: Places of the values, of shape (n_reference, n_features).
        window: The same of the window, of shape (n_window, n_features).
        noise: What the measure is between halves of the reference.
    """
    auc = domain_auc(reference, window)
    if auc is None:
        return None
    judged = len(reference) / 2, len(window) / 2
    error, chance = auc_standard_error(auc, *judged), auc_standard_error(0.5, *judged)
    return JointDrift(
        auc=round(auc, 4),
        low=round(max(auc - 1.96 * error, 0.0), 4),
        high=round(min(auc + 1.96 * error, 1.0), 4),
        p_value=above_zero(auc - 0.5, chance),
        noise=noise,
        rows=len(reference) + len(window),
    )
