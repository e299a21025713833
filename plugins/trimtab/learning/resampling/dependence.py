"""Which rows of a table depend on each other: those of one group, and those that are near in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trimtab.errors import closest

if TYPE_CHECKING:
    import pandas as pd

    from trimtab.learning.resampling.blocks import Units

MIN_UNITS = 10  # fewer groups or times say too little about others


@dataclass(frozen=True, slots=True)
class Dependence:
    """The columns by which rows depend on each other; without any, rows are independent.

    Attributes:
        group: Rows with the same value depend on each other, such as those of an account. A row without a
            value is a group of its own.
        time: Rows depend on those shortly before and after. Its values have an order: numbers, times, or
            texts such as ISO dates.
    """

    group: str = ""
    time: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are named."""
        return tuple(filter(None, (self.group, self.time)))

    def units(self, table: pd.DataFrame) -> tuple[Units, ...]:
        """Return the units of a table's rows, one for each column.

        Raises:
            ValueError: The table lacks a column, or its values cannot be used. The message is a sentence.
        """
        found = []
        for column, ordered in ((self.group, False), (self.time, True)):
            if column:
                found.append(_read_units(table, column, ordered=ordered))
        return tuple(found)


INDEPENDENT = Dependence()


def _read_units(table: pd.DataFrame, column: str, *, ordered: bool) -> Units:
    import numpy as np

    from trimtab.learning.resampling.blocks import Units

    if column not in table:
        raise ValueError(f"There is no column '{column}'{closest(column, map(str, table.columns))}")
    values: pd.Series[Any] = table[column]
    missing = values.isna().to_numpy()
    if ordered and missing.any():
        raise ValueError(f"The time '{column}' is null in {int(missing.sum()):,} of {len(values):,} rows")
    try:
        numbers, known = values.factorize(sort=True)
    except TypeError as err:
        raise ValueError(f"The values of '{column}' have no order: {err}") from err
    of_row = np.asarray(numbers, dtype=np.intp)
    of_row[missing] = len(known) + np.arange(missing.sum())
    units = Units(column, of_row, ordered)
    if units.number < MIN_UNITS:
        raise ValueError(
            f"'{column}' has {units.number} different values, and an interval needs {MIN_UNITS} or more"
        )
    return units
