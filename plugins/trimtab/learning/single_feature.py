"""Predictions from one feature alone, each learnt from the other half of the rows.

With the other half, a column of many values cannot give each row its own label. Numbers are grouped, since
the relation need not be monotone. A null is a value, as a missing value may say what the label is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd

BINS = 20  # of equally many rows, for a column of numbers
FOLDS = 2
LEAVES, LEAF_ROWS = 64, 5  # of the tree of a feature


def mean_by_value(column: pd.Series[Any], targets: NDArray[Any]) -> Floats:
    """Return the mean target of the rows with the same value, or the same bin of numbers.

    Args:
        column: A feature.
        targets: The targets, of shape (n_rows,) or (n_rows, n_targets).

    Returns:
        The means, in the shape of the targets.
    """
    codes = _codes(column)
    if targets.ndim == 1:
        return _mean_by_code(codes, targets)
    return np.column_stack([_mean_by_code(codes, target) for target in targets.T])


def mean_of_similar_values(column: pd.Series[Any], labels: Floats) -> Floats:
    """Return the mean label of the rows with the same value, or with a similar number.

    Bins of equally many rows hide what a feature says about the few largest labels, which make most of the
    variance of a label such as a price. So a regression tree groups the numbers by their labels.

    Args:
        column: A feature.
        labels: The labels, of shape (n_rows,).
    """
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column):
        return mean_by_value(column, labels)
    from sklearn.tree import DecisionTreeRegressor

    ranks = pd.factorize(column, sort=True)[0].reshape(-1, 1)  # a null is -1
    means = np.empty(len(labels))
    for fitted in _folds(len(labels)):
        tree = DecisionTreeRegressor(max_leaf_nodes=LEAVES, min_samples_leaf=LEAF_ROWS, random_state=0)
        means[~fitted] = tree.fit(ranks[fitted], labels[fitted]).predict(ranks[~fitted])
    return means


def _mean_by_code(codes: NDArray[np.intp], target: NDArray[Any]) -> Floats:
    means, size = np.empty(len(codes)), int(codes.max()) + 1
    for fitted in _folds(len(codes)):
        seen = np.bincount(codes[fitted], minlength=size)
        total = np.bincount(codes[fitted], weights=target[fitted], minlength=size)
        mean = np.where(seen > 0, total / np.maximum(seen, 1), target[fitted].mean())
        means[~fitted] = mean[codes[~fitted]]
    return means


def _folds(rows: int) -> Iterator[NDArray[np.bool_]]:
    """Yield, for each half of the rows, which rows are in the other one."""
    fold = np.arange(rows) % FOLDS
    for held in range(FOLDS):
        yield fold != held


def _codes(column: pd.Series[Any]) -> NDArray[np.intp]:
    """Encode the values of a column as 0, 1, …, nulls included."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) and column.nunique() > BINS:
        column = pd.Series(pd.qcut(column.astype("float64"), BINS, labels=False, duplicates="drop"))
    codes: NDArray[np.intp] = np.asarray(pd.factorize(column, use_na_sentinel=False)[0], dtype=np.intp)
    return codes
