"""The windows of a table: its rows, by the window of time that they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from trimtab.errors import ConfigError, closest
from trimtab.time_window import FREQUENCIES, moment

if TYPE_CHECKING:
    import pandas as pd


def _moment(value: Any) -> Any:
    return moment(value) if isinstance(value, str) else value


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""An ISO 8601 date or time in ``params.yaml``, as the type of a field."""


def split_by_window(table: pd.DataFrame, time: str, every: str) -> dict[str, pd.DataFrame]:
    """Return the rows of each window by its name, in the order of time.

    Args:
        table: The table.
        time: The column of the time, without nulls and without a time zone.
        every: How often a window begins: ``hour``, ``day``, ``week``, ``month``, ``quarter`` or ``year``.

    Raises:
        ConfigError: The table has no rows, or windows do not begin as often.
    """
    if every not in FREQUENCIES:
        raise ConfigError(
            f"Windows cannot begin every '{every}'{closest(every, FREQUENCIES)}",
            where="params.yaml",
            fix=f"choose one of {', '.join(FREQUENCIES)}",
        )
    if table.empty:
        raise ConfigError("No row is known yet", where="params.yaml", fix="choose a later `until`")
    ordered = table.sort_values(time, kind="stable")
    hours = ordered[time].dt.floor("h")  # few, and no window begins within one
    names = hours.map({hour: FREQUENCIES[every].name_of(hour) for hour in hours.unique()})
    return {str(name): rows.reset_index(drop=True) for name, rows in ordered.groupby(names)}


def select_window(table: pd.DataFrame, time: str, begin: datetime, every: str) -> dict[str, pd.DataFrame]:
    """Return the rows of the window that contains ``begin``, from that moment on, by the name of the window.

    Args:
        table: The table.
        time: The column of the time.
        begin: The first moment of the rows.
        every: How often a window begins.
    """
    frequency = FREQUENCIES[every]
    end = frequency.end_of(frequency.floor(begin))
    rows = table[(table[time] >= begin) & (table[time] < end)]
    return {frequency.name_of(begin): rows.reset_index(drop=True)}
