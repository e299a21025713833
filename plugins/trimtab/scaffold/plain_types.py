"""The columns of a table in plain types: what their values are, whatever type the file has them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Types of values that pandas has as Python objects.
PLAIN: dict[str, Any] = {"boolean": "boolean", "decimal": "float64"}


def with_plain_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without categorical columns, and without truth values or decimals as objects."""
    return frame.astype({name: kind for name, column in frame.items() if (kind := _plain_type(column))})


def _plain_type(column: pd.Series) -> Any:
    """Return the type that a column's values have; nothing if the column has it already."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.categories.dtype
    return PLAIN.get(pd.api.types.infer_dtype(column, skipna=True)) if column.dtype == object else None
