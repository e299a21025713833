"""Association of columns by ranks: units and outliers do not change it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


def association(one: pd.Series, other: pd.Series) -> float:
    """Return the association of two columns, over the rows that have both values.

    Returns:
        Spearman's rank correlation, of numbers and times. If one is of categories, the correlation ratio
        of the other's ranks (the root of Kruskal and Wallis' H over its most); if both are, Cramér's V. NaN
        if a column is constant, or there are no two rows.
    """
    import numpy as np

    both = (one.notna() & other.notna()).to_numpy()
    one, other = one[both], other[both]
    if not len(one):
        return float("nan")
    if is_ordered(one) and is_ordered(other):
        return _correlation(ranks(one), ranks(other))
    if is_ordered(one):
        one, other = other, one
    groups = one.astype(str).factorize()[0]
    if is_ordered(other):
        return _correlation_ratio(groups, ranks(other))
    return _cramers_v(groups, np.asarray(other.astype(str).factorize()[0]))


def steps(frame: pd.DataFrame, value: str, order: list[str], group: str | None) -> float:
    """Return von Neumann's ratio of the ranks of a column, with the rows in order (Bartels 1982).

    It is the mean squared step from a row to the next over the variance: about 2 if the order says nothing of
    the column. Rows whose neighbour is of another group have no step.
    """
    squares, variance = squared_steps(frame, value, order, group)
    return float(squares.mean() / variance) if len(squares) and variance else float("nan")


def squared_steps(
    frame: pd.DataFrame, value: str, order: list[str], group: str | None
) -> tuple[npt.NDArray[np.float64], float]:
    """Return the squared steps of the ranks of a column, and the variance of the ranks."""
    import numpy as np

    named = [*([group] if group else []), *order]
    known = frame.loc[frame[value].notna(), [*named, value]].sort_values(named, kind="stable")
    found = ranks(known[value])
    squares = np.diff(found) ** 2
    if group:
        codes = known[group].factorize()[0]
        squares = squares[codes[1:] == codes[:-1]]
    return squares, float(found.var()) if len(found) else 0.0


def is_ordered(column: pd.Series) -> bool:
    """Whether a column has ranks: numbers or times."""
    return column.dtype.kind in "iufM"


def ranks(column: pd.Series) -> npt.NDArray[np.float64]:
    """Return the ranks of values, ties at their mean, without an import of SciPy."""
    import numpy as np

    return np.asarray(column.rank(), dtype=np.float64)


def _correlation(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    a, b = one - one.mean(), other - other.mean()
    length = float((a @ a) * (b @ b)) ** 0.5
    return float(a @ b / length) if length else float("nan")


def _correlation_ratio(groups: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> float:
    import numpy as np

    counts = np.bincount(groups)
    means = np.bincount(groups, weights=values) / counts
    total = float(values.var()) * len(values)
    if not total or len(counts) < 2:
        return float("nan")
    return math.sqrt(float(counts @ (means - values.mean()) ** 2) / total)


def _cramers_v(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> float:
    import numpy as np

    width = int(other.max()) + 1
    table = np.bincount(one * width + other, minlength=(int(one.max()) + 1) * width).reshape(-1, width)
    least = min(table.shape) - 1
    if not least:
        return float("nan")
    shares = table / len(one)
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return math.sqrt(float((((shares - expected) ** 2) / expected).sum()) / least)
