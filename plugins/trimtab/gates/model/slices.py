"""The slices of a table: the rows that share a value of a column, or of a pair of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

MOST_NUMBERS = 24  # a column of more distinct numbers is cut into parts of equally many rows
PARTS = 5


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a table.

    Attributes:
        name: Such as ``product=A`` or ``product=A, region=north``.
        chosen: Their positions, of shape (n_rows,).
    """

    name: str
    chosen: NDArray[np.intp]


def slices(table: pd.DataFrame, columns: Sequence[str]) -> Iterator[Slice]:
    """Part a table by one column or several; rows without a value are a slice of their own."""
    import pandas as pd

    values = pd.DataFrame({name: slice_values(table[name]) for name in columns}).reset_index(drop=True)
    for key, positions in sorted(values.groupby(list(columns), observed=True, dropna=False).indices.items()):
        parts = key if isinstance(key, tuple) else (key,)
        chosen = np.asarray(positions)
        yield Slice(", ".join(f"{name}={part}" for name, part in zip(columns, parts, strict=True)), chosen)


def slice_values(column: pd.Series[Any]) -> pd.Series[str]:
    """Name the slice of each row; a column of many distinct numbers is cut at its quantiles."""
    import pandas as pd

    missing = column.isna()
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > MOST_NUMBERS:
        named = pd.qcut(column, PARTS, duplicates="drop").astype(str)
    elif pd.api.types.is_float_dtype(column):
        named = column.map("{:g}".format)
    else:
        named = column.astype(str)
    return named.mask(missing, "null")
