"""Predictions from one feature alone, each learnt from the other half of the rows.

With the other half, a column of many values cannot give each row its own label. A null is a value, as a
missing value may say what the label is. What a feature says about the label has no known form, so there are
three ways to learn it. A row is predicted by the rows with

1. the same category, or bin of numbers: finds what rises, falls or turns, as almost all features do;
2. a similar value, by a deep tree: finds many turns, and times and texts that begin with the label;
3. the same value: finds numbers that are names, such as accounts.

The first way counts, unless another one is clearly better. So chance cannot choose among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd

BINS = 20  # of equally many rows, for a column of numbers
FOLDS = 2
LEAVES, LEAF_ROWS = 64, 5  # of the tree of a feature
MOST_LEAVES = 500  # of the deep tree, which finds many turns
CLEARLY = 0.1  # the share of its squared error by which another way has to be better


def mean_by_value(column: pd.Series[Any], targets: NDArray[Any]) -> Floats:
    """Return the mean target of the rows with the same value, or the same bin of numbers.

    Args:
        column: A feature.
        targets: The targets, of shape (n_rows,) or (n_rows, n_targets).

    Returns:
        The means, in the shape of the targets; those of another way if they are clearly better.
    """
    found = _mean_by_code(_codes(column), targets, _alternate(len(targets)))
    return _best(targets, found, *_other_ways(column, targets))


def mean_of_similar_values(column: pd.Series[Any], labels: Floats) -> Floats:
    """Return the mean label of the rows with the same value, or with a similar number.

    Bins of equally many rows hide what a feature says about the few largest labels, which make most of the
    variance of a label such as a price. So a regression tree groups the numbers by their labels.

    Args:
        column: A feature.
        labels: The labels, of shape (n_rows,).
    """
    import pandas as pd

    halves = _alternate(len(labels))
    if pd.api.types.is_numeric_dtype(column):
        found = _mean_by_tree(_ranks(column), labels, halves, leaves=LEAVES)
    else:
        found = _mean_by_code(_codes(column), labels, halves)
    return _best(labels, found, *_other_ways(column, labels))


def _best(targets: NDArray[Any], first: Floats, *others: Floats) -> Floats:
    """Return the first predictions, unless others have a clearly smaller squared error."""
    errors = [float(((targets - each) ** 2).sum()) for each in (first, *others)]
    best = int(np.argmin(errors))
    return (first, *others)[best] if errors[best] < (1 - CLEARLY) * errors[0] else first


def _other_ways(column: pd.Series[Any], targets: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return the means by similar values, and those by the same value.

    The halves are random: if two stations report in turn, every other row is of one station only.
    """
    ranks, halves = _ranks(column), np.random.default_rng(0).permutation(len(targets)) % FOLDS
    return (
        _mean_by_tree(ranks, targets, halves, leaves=MOST_LEAVES),
        _mean_by_code(ranks + 1, targets, halves),
    )


def _mean_by_tree(
    ranks: NDArray[np.intp], targets: NDArray[Any], halves: NDArray[np.intp], *, leaves: int
) -> Floats:
    from sklearn.tree import DecisionTreeRegressor

    values, means = ranks.reshape(-1, 1), np.empty(targets.shape)
    for fitted in _folds(halves):
        tree = DecisionTreeRegressor(max_leaf_nodes=leaves, min_samples_leaf=LEAF_ROWS, random_state=0)
        means[~fitted] = tree.fit(values[fitted], targets[fitted]).predict(values[~fitted])
    return means


def _mean_by_code(codes: NDArray[np.intp], targets: NDArray[Any], halves: NDArray[np.intp]) -> Floats:
    if targets.ndim > 1:
        return np.column_stack([_mean_by_code(codes, target, halves) for target in targets.T])
    means, size = np.empty(len(codes)), int(codes.max()) + 1
    for fitted in _folds(halves):
        seen = np.bincount(codes[fitted], minlength=size)
        total = np.bincount(codes[fitted], weights=targets[fitted], minlength=size)
        mean = np.where(seen > 0, total / np.maximum(seen, 1), targets[fitted].mean())
        means[~fitted] = mean[codes[~fitted]]
    return means


def _alternate(rows: int) -> NDArray[np.intp]:
    """Return the half of each row: every other row."""
    return np.arange(rows) % FOLDS


def _folds(halves: NDArray[np.intp]) -> Iterator[NDArray[np.bool_]]:
    """Yield, for each half of the rows, which rows are in the other one."""
    for held in range(FOLDS):
        yield halves != held


def _ranks(column: pd.Series[Any]) -> NDArray[np.intp]:
    """Return the rank of each row's value among the different values, -1 for a null."""
    import pandas as pd

    if pd.api.types.is_object_dtype(column):  # values of several types have no order, their texts have
        column = column.astype(str).where(column.notna())
    return np.asarray(pd.factorize(column, sort=True)[0], dtype=np.intp)


def _codes(column: pd.Series[Any]) -> NDArray[np.intp]:
    """Encode the values of a column as 0, 1, …, nulls included."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) and column.nunique() > BINS:
        column = pd.Series(pd.qcut(column.astype("float64"), BINS, labels=False, duplicates="drop"))
    codes: NDArray[np.intp] = np.asarray(pd.factorize(column, use_na_sentinel=False)[0], dtype=np.intp)
    return codes
