"""Row weights: how much each row of a table counts in metrics, as ``sample_weight`` of scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trimtab.errors import closest
from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd


def read_row_weights(table: pd.DataFrame, column: str) -> Floats | None:
    """Return the weights of a table's rows, with the mean 1; None without a column: each row counts once.

    Only their ratios matter. With the mean 1, a metric of a project gets weights of the usual size.

    Args:
        table: The table, with one row at least.
        column: The name of the column; empty if none is declared.

    Returns:
        Of shape (n_rows,).

    Raises:
        ValueError: The table lacks the column, or a value is no weight. The message is a sentence.
    """
    import pandas as pd

    if not column:
        return None
    if column not in table:
        raise ValueError(f"There is no column '{column}'{closest(column, map(str, table.columns))}")
    values: pd.Series[Any] = table[column]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise ValueError(f"The weight '{column}' has the type {values.dtype}, not numbers")
    weights: Floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if bad := int((~np.isfinite(weights)).sum()):
        raise ValueError(f"The weight '{column}' is null or not finite in {bad:,} of {len(values):,} rows")
    if bad := int((weights < 0).sum()):
        raise ValueError(f"The weight '{column}' is negative in {bad:,} of {len(values):,} rows")
    if not weights.any():
        raise ValueError(f"The weight '{column}' is 0 in all {len(values):,} rows")
    shares = weights / weights.max()  # so that the sum is finite
    found: Floats = shares / shares.mean()
    return found
