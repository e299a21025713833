"""The domain classifier: how well trees tell the rows of the window from the rows of the reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.drift.statistics.significance import one_sided_p_value
from trimtab.learning import auc_standard_error

MIN_ROWS = 40  # of each sample; half of them train, half test
TREES, LEAVES = 30, 8


@dataclass(frozen=True, slots=True)
class JointDrift:
    """Drift of the joint distribution: the ROC AUC of the domain classifier, 0.5 (no drift) to 1.

    Attributes:
        auc: ROC AUC on rows that the classifier was not trained on.
        low: Lower end of the 95 % interval.
        high: Upper end of the 95 % interval.
        p_value: Probability of this AUC by chance.
        noise: AUC between the first and the second half of the reference in time: what is normal.
        rows: Rows of both samples together.
    """

    auc: float
    low: float
    high: float
    p_value: float
    noise: float
    rows: int


def domain_auc(reference: NDArray[np.uint8], window: NDArray[np.uint8]) -> float | None:
    """Return the ROC AUC of the domain classifier; None if a sample is too small.

    The rows are split into halves: one trains, the other tests. So without drift the AUC is distributed as
    that of a Mann-Whitney test around 0.5.

    Args:
        reference: Bin indices of the reference, of shape (n_reference, n_features).
        window: Bin indices of the window, of shape (n_window, n_features).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from threadpoolctl import threadpool_limits

    if min(len(reference), len(window)) < MIN_ROWS or reference.shape[1] == 0:
        return None
    rows = np.vstack([reference, window])
    domain = np.r_[np.zeros(len(reference), dtype=np.int64), np.ones(len(window), dtype=np.int64)]
    order = np.random.default_rng(0).permutation(len(rows))
    train, test = order[::2], order[1::2]
    model = HistGradientBoostingClassifier(max_iter=TREES, max_leaf_nodes=LEAVES, random_state=0)
    with threadpool_limits(1):  # the same bytes on any number of cores, and fastest on busy ones
        model.fit(rows[train], domain[train])
        scores = model.predict_proba(rows[test])[:, 1]
    return float(roc_auc_score(domain[test], scores))


def measure_joint_drift(
    reference: NDArray[np.uint8], window: NDArray[np.uint8], *, noise: float
) -> JointDrift | None:
    """Measure the drift of the joint distribution; None if a sample is too small.

    Args:
        reference: Bin indices of the reference, of shape (n_reference, n_features).
        window: Bin indices of the window, of shape (n_window, n_features).
        noise: AUC between the halves of the reference.
    """
    auc = domain_auc(reference, window)
    if auc is None:
        return None
    tested = len(reference) / 2, len(window) / 2
    error, chance = auc_standard_error(auc, *tested), auc_standard_error(0.5, *tested)
    return JointDrift(
        auc=round(auc, 4),
        low=round(max(auc - 1.96 * error, 0.0), 4),
        high=round(min(auc + 1.96 * error, 1.0), 4),
        p_value=one_sided_p_value(auc - 0.5, chance),
        noise=noise,
        rows=len(reference) + len(window),
    )
