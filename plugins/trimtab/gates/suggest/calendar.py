"""Detects columns that are parts of a date or coordinates, by name and values."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trimtab.tables import stem

if TYPE_CHECKING:
    import pandas as pd

# The bounds a calendar sets, by the last word of a column's name.
CALENDAR = {
    "quarter": (1, 4),
    "month": (1, 12),
    "week": (0, 53),
    "day": (1, 31),
    "dayofyear": (1, 366),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
}
PLACES = {
    "lat": (-90, 90),
    "latitude": (-90, 90),
    "lon": (-180, 360),
    "lng": (-180, 360),
    "long": (-180, 360),
    "longitude": (-180, 360),
}
WEEKDAYS = ("weekday", "dayofweek", "dow")
YEARS = (1500, 2200)
ORDER = ("year", "month", "day", "hour", "minute", "second")
ISO_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$"


def limits(name: str, column: pd.Series) -> tuple[int, int] | None:
    """Return the calendar or coordinate bounds of a column, if its name and values match them."""
    word = last_word(name)
    found = CALENDAR.get(word) or PLACES.get(word)
    if word in WEEKDAYS:
        found = (0, 6) if column.min() == 0 else (1, 7)
    if not found or (word not in PLACES and not is_whole(column)):
        return None
    inside = found[0] <= column.min() and column.max() <= found[1]
    return found if inside else None


def is_year(name: str, column: pd.Series) -> bool:
    """Whether a column holds years."""
    return (
        last_word(name) in ("year", "yr")
        and is_whole(column)
        and bool(YEARS[0] <= column.min() and column.max() <= YEARS[1])
    )


def is_whole(column: pd.Series) -> bool:
    """Whether all values are integers, of any dtype: a null turns integers into floats."""
    if column.dtype.kind in "iu":
        return True
    known = column.dropna()
    return column.dtype.kind == "f" and bool((known % 1 == 0).all())


def is_time(column: pd.Series) -> bool:
    """Whether a column holds times, or ISO texts of times."""
    if column.dtype.kind == "M":
        return True
    if column.dtype.kind != "O":
        return False
    texts = column.dropna()
    first = texts.iloc[:1]
    return (
        len(texts) > 0
        and all(isinstance(one, str) and re.fullmatch(ISO_TIME, one) for one in first)
        and (bool(texts.astype(str).str.fullmatch(ISO_TIME).all()))
    )


def as_times(column: pd.Series) -> pd.Series:
    """Return a column of times, or of ISO texts of them, as times without a zone."""
    import pandas as pd

    return pd.to_datetime(column, utc=True, format="ISO8601").dt.tz_localize(None)


def named_after_period(file: str) -> bool:
    """Whether a file is named after a day, month or year: ``2024-05.parquet``."""
    return re.fullmatch(r"\d{4}([-_]?\d{2}){0,2}", stem(PurePosixPath(file))) is not None


def time_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that order the rows by time, the coarsest first."""
    times = [name for name in frame.columns if is_time(frame[name])]
    if times:
        return [max(times, key=lambda name: len(set(frame[name])))]
    parts: dict[str, str] = {}
    for name in frame.columns:
        column, word = frame[name], last_word(str(name))
        if column.dtype.kind in "iuf" and (is_year(str(name), column) or limits(str(name), column)):
            parts.setdefault("year" if word == "yr" else word, name)
    found = [parts[word] for word in ORDER if word in parts]
    return found if "year" in parts and frame[parts["year"]].nunique() + len(found) > 2 else []


def last_word(name: str) -> str:
    """Return the last word of a name: ``orderMonth``, ``order_month`` and ``Month`` are months."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", str(name))
    return words[-1].lower() if words else ""
