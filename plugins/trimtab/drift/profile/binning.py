"""Binning: choose the histogram bins of a column from some of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trimtab.drift.profile.column_profile import (
    FINE_BINS,
    CategoryProfile,
    ColumnProfile,
    NumericProfile,
    is_numeric,
    to_floats,
)
from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pyarrow as pa

MAX_CATEGORIES = 200


def empty_profile(name: str, column: pa.Array) -> ColumnProfile:
    """Return an empty profile with bins for a column: quantile bins for numbers, else the largest categories.

    Args:
        name: The column's name, for messages.
        column: Some of its rows. A category that is not among the largest of them is counted as other.

    Raises:
        DriftError: The column is neither numeric nor categorical.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if is_numeric(column.type):
        return NumericProfile.empty(quantile_edges(to_floats(column, name)))
    decoded = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    try:
        found = pc.value_counts(decoded.drop_null().cast(pa.string())).to_pylist()
    except pa.ArrowNotImplementedError as err:
        raise DriftError(
            f"The column '{name}' is neither numeric nor categorical: its type is {column.type}",
            where=name,
            fix="leave the column out",
        ) from err
    ranked = sorted(found, key=lambda category: (-category["counts"], category["values"]))
    counts = {category["values"]: 0 for category in ranked[:MAX_CATEGORIES]}
    return CategoryProfile(counts=counts, other=0, missing=0)


def quantile_edges(values: NDArray[np.float64], bins: int = FINE_BINS) -> NDArray[np.float64]:
    """Return the ascending edges of bins that hold about equal numbers of rows.

    A value so frequent that it fills a bin alone (no rain, a constant) gets an edge below it as well.
    Otherwise smaller values would be counted in its bin.

    Args:
        values: Values, of shape (n_rows,), missing ones as NaN.
        bins: Number of bins.
    """
    present = values[~np.isnan(values)]
    if len(present) == 0:
        return np.empty(0)
    # inverted_cdf returns values that occur: nothing is interpolated, and infinities stay infinities.
    cuts = np.quantile(present, np.arange(1, bins) / bins, method="inverted_cdf")
    edges, repeats = np.unique(cuts, return_counts=True)
    frequent = edges[repeats > 1]
    # Below zero by a normal number: some processes read the next float, a denormal, as zero.
    with np.errstate(over="ignore"):  # below the smallest float is -inf, which is not an edge
        below = np.minimum(np.nextafter(frequent, -np.inf), frequent - np.finfo(np.float64).tiny)
    edges = np.union1d(edges, below)
    return np.asarray(edges[np.isfinite(edges)], dtype=np.float64)
