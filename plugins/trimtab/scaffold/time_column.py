"""The time column: how its values are read, and how often a window of them begins."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError
from trimtab.scaffold.guess import Guess
from trimtab.scaffold.label_column import require_column
from trimtab.time_window import FREQUENCIES, window_boundaries

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 200  # values that a format is tried on first
NUMBER_FORMATS = {
    "%Y": (1000, 2999),
    "%Y%m%d": (1000_01_01, 2999_12_31),
}  # if the column is given with --time
ZONE = r"\d:\d\d\S*(?:Z|[+-]\d\d(?::?\d\d)?)$"
ENOUGH_WINDOWS = 12  # the coarsest rhythm with as many windows is chosen ...
FEWEST_WINDOWS = 6  # ... or one with at least as many: to learn from, to test on, and to check for drift
FEWEST_ROWS = 30  # of the median window
PART_OF_WINDOW = 0.05  # a window whose last rows end so shortly before it is complete


@dataclass(frozen=True)
class TimeColumn:
    """The column of the time.

    Attributes:
        name: Its name.
        format: How ``pandas.to_datetime`` reads it; None of a column of times.
        has_zone: Whether its times have a time zone, so that they are converted to UTC.
        every: How often a window begins.
        boundaries: The begins of the complete windows, and the end of the last one.
        rows: Rows of each complete window.
        guesses: What was guessed.
    """

    name: str
    format: str | None
    has_zone: bool
    every: str
    boundaries: tuple[datetime, ...]
    rows: tuple[int, ...]
    guesses: tuple[Guess, ...]


def find_time_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns whose values are times, or texts of times."""
    return [str(name) for name in frame if _find_format(frame[name]) is not None]


def describe_time(frame: pd.DataFrame, given: str | None, found: list[str], every: str | None) -> TimeColumn:
    """Return the time column of a table, and its rhythm.

    Args:
        frame: The table.
        given: The column that was asked for; None for the only one that was found.
        found: The columns whose values are times.
        every: The rhythm that was asked for; None to guess it.

    Raises:
        ConfigError: There is no such column, its values are no times, or no rhythm gives enough windows.
    """
    name = given or found[0]
    require_column(name, frame, "--time")
    guesses = (
        [] if given else [Guess("time column", name, "the only column of times", "features.py", "TIME =")]
    )
    format_ = _find_format(frame[name])
    if format_ is None:
        format_ = _number_format(frame[name])
    if format_ is None or frame[name].isna().all():
        example = f": {frame[name].dropna().iloc[0]}" if frame[name].notna().any() else ": all are missing"
        raise ConfigError(
            f"The values of the time column are no times of one format{example}",
            where=f"--time {name}",
            fix="write them as 2024-01-31T18:00, all with a time zone or none; choose another column; or "
            "--no-time for a pipeline without windows",
        )
    times = read_times(frame[name], format_ or None)
    if missing := int(times.isna().sum()):
        why = f"{missing:,} of {len(times):,} rows have no time"
        guesses.append(Guess("rows without a time", "left out", why, "ingest.py", "dropna("))
    if format_ and "%" in format_:
        why = f"fits every value, such as {frame[name].dropna().iloc[0]!r}"
        guesses.append(Guess("format of the time", format_, why, "ingest.py", "pd.to_datetime("))
    times = times.dropna()
    rhythm, boundaries, rows = _choose_rhythm(times, every)
    if every is None:
        span = f"{times.min():%Y-%m-%d} to {times.max():%Y-%m-%d}"
        why = f"{len(rows)} complete windows from {span}"
        guesses.append(Guess("rhythm", rhythm, why, "params.yaml", "every:"))
    has_zone = format_ == "" and getattr(frame[name].dtype, "tz", None) is not None
    return TimeColumn(
        name, format_ or None, has_zone or _text_has_zone(frame[name], format_), rhythm,
        tuple(boundaries), tuple(rows), tuple(guesses),
    )  # fmt: skip


def read_times(column: pd.Series, format_: str | None) -> pd.Series:
    """Return times without a time zone; those with one are converted to UTC."""
    import pandas as pd

    if format_ is None:
        return column.dt.tz_convert("UTC").dt.tz_localize(None) if _zone(column) else column
    texts = column.astype("str") if pd.api.types.is_numeric_dtype(column) else column
    times = pd.to_datetime(texts, format=format_, utc=_text_has_zone(column, format_))
    return times.dt.tz_localize(None) if _zone(times) else times


def _zone(column: pd.Series) -> object:
    return getattr(column.dtype, "tz", None)


def _text_has_zone(column: pd.Series, format_: str | None) -> bool:
    if not format_:
        return False
    texts = column.dropna().astype("str")
    return bool(texts.str.contains(ZONE).all())


def _find_format(column: pd.Series) -> str | None:
    """Return the format of a column of texts; an empty one for a column of times; None for any other."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        return ""
    texts = column.dropna()
    if not len(texts) or not pd.api.types.is_string_dtype(texts.dtype) or not _look_like_times(texts):
        return None
    return next(filter(lambda format_: _fits(texts, format_), _candidate_formats(str(texts.iloc[0]))), None)


def _look_like_times(texts: pd.Series) -> bool:
    return bool(texts.iloc[:SAMPLE].astype(str).str.contains(r"\d\D+\d", regex=True).all())


def _candidate_formats(example: str) -> Iterator[str]:
    from pandas.tseries.api import guess_datetime_format

    yield "ISO8601"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a day above 12 is no month: the other order is tried too
        for day_first in (False, True):
            format_ = guess_datetime_format(example, dayfirst=day_first)
            if format_:
                yield format_
    yield from ("%m/%d/%Y", "%d/%m/%Y", "%b %d %Y", "%Y/%m/%d", "%d.%m.%Y")


def _fits(texts: pd.Series, format_: str) -> bool:
    import pandas as pd

    for some in (texts.iloc[:SAMPLE], texts):
        try:
            pd.to_datetime(some, format=format_, utc=_text_has_zone(texts, format_))
        except (ValueError, TypeError):
            return False
    return True


def _number_format(column: pd.Series) -> str | None:
    """Return the format of a column of years or of dates such as 20240131, if the user names it."""
    import pandas as pd

    values = column.dropna()
    if not pd.api.types.is_integer_dtype(values):
        return None
    formats = [name for name, bounds in NUMBER_FORMATS.items() if values.between(*bounds).all()]
    return next((name for name in formats if _fits(values.astype("str"), name)), None)


def _choose_rhythm(times: pd.Series, every: str | None) -> tuple[str, list[datetime], list[int]]:
    """Return the rhythm, the boundaries of its complete windows, and their rows.

    Raises:
        ConfigError: No rhythm, or not the one that was asked for, gives enough windows with enough rows.
    """
    choices = {
        rhythm: _windows(times, rhythm) for rhythm in ([every] if every else reversed(list(FREQUENCIES)))
    }
    fewest_rows = 1 if every else FEWEST_ROWS
    for fewest in (ENOUGH_WINDOWS, FEWEST_WINDOWS):
        for rhythm, (boundaries, rows) in choices.items():
            if len(rows) >= fewest and sorted(rows)[len(rows) // 2] >= fewest_rows and min(rows) > 0:
                return rhythm, boundaries, rows
    counted = ", ".join(f"{len(rows)} of a {rhythm}" for rhythm, (_, rows) in choices.items())
    raise ConfigError(
        f"The table has too few complete windows, or windows with too few rows: {counted}",
        where="the time column",
        fix=f"give {FEWEST_WINDOWS} windows or more, each with rows; choose another rhythm with --every; "
        "or --no-time for a pipeline without windows",
    )


def _windows(times: pd.Series, rhythm: str) -> tuple[list[datetime], list[int]]:
    """Return the boundaries of the complete windows and the rows of each; none if there would be too many."""
    import pandas as pd

    first, last = (time.floor("s").to_pydatetime() for time in (times.min(), times.max()))
    frequency = FREQUENCIES[rhythm]
    if (last - first) / (frequency.end_of(frequency.floor(first)) - frequency.floor(first)) > len(times):
        return [], []  # most would be empty
    boundaries = window_boundaries(first, frequency.end_of(frequency.floor(last)), rhythm)
    if not _is_complete(times, boundaries[-2], boundaries[-1]):
        boundaries.pop()
    if len(boundaries) > 1 and not _begins_with(times, boundaries[0], boundaries[1]):
        boundaries.pop(0)
    if len(boundaries) < 2:
        return [], []
    counts = pd.cut(times, pd.DatetimeIndex(boundaries).as_unit(times.dt.unit), right=False).value_counts(
        sort=False
    )
    return boundaries, counts.tolist()


def _is_complete(times: pd.Series, begin: datetime, end: datetime) -> bool:
    return bool(end - times.max() <= _tolerance(times, end - begin))


def _begins_with(times: pd.Series, begin: datetime, end: datetime) -> bool:
    return bool(times.min() - begin <= _tolerance(times, end - begin))


def _tolerance(times: pd.Series, window: timedelta) -> timedelta:
    """Return how long before the end of a complete window its last row may be: a usual gap and a half."""
    import pandas as pd

    gaps = times.drop_duplicates().sort_values().diff().dropna()
    usual = pd.Timedelta(gaps.median()).to_pytimedelta() if len(gaps) else timedelta(0)
    return max(1.5 * usual, PART_OF_WINDOW * window)
