"""The slices of a table: rows with the same value of a column, or of a pair of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

MOST_NUMBERS = 24  # a column with more distinct numbers is binned by its quantiles
BINS = 5


@dataclass(frozen=True, slots=True)
class TableSlice:
    """One slice of a table.

    Attributes:
        name: For example ``product=A`` or ``product=A, region=north``.
        chosen: Positions of its rows, of shape (n_rows,).
    """

    name: str
    chosen: NDArray[np.intp]


def slice_table(table: pd.DataFrame, columns: Sequence[str]) -> Iterator[TableSlice]:
    """Yield the slices of a table by one column or several; null is a value."""
    import pandas as pd

    values = pd.DataFrame({name: slice_values(table[name]) for name in columns}).reset_index(drop=True)
    for key, positions in sorted(values.groupby(list(columns), observed=True, dropna=False).indices.items()):
        parts = key if isinstance(key, tuple) else (key,)
        chosen = np.asarray(positions)
        yield TableSlice(
            ", ".join(f"{name}={part}" for name, part in zip(columns, parts, strict=True)), chosen
        )


def slice_values(column: pd.Series[Any]) -> pd.Series[str]:
    """Return the slice value of each row; many distinct numbers are binned by their quantiles."""
    import pandas as pd

    missing = column.isna()
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > MOST_NUMBERS:
        named = pd.qcut(column, BINS, duplicates="drop").astype(str)
    elif pd.api.types.is_float_dtype(column):
        named = column.map("{:g}".format)
    else:
        named = column.astype(str)
    return named.mask(missing, "null")
