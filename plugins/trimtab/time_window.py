"""Windows of time: begin, end and frequency of a window, from a name such as ``2024-04``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from trimtab.errors import DriftError


@dataclass(frozen=True)
class Frequency:
    """How often a window begins, and how its name is written.

    Attributes:
        pattern: Regular expression of the name.
        name_of: Return the name of the window that holds a time.
        begin_of: Return the begin of the window with this name.
        floor: Return the begin of the window that holds a time.
        end_of: Return the end of the window that begins at a time.
    """

    pattern: str
    name_of: Callable[[datetime], str]
    begin_of: Callable[[str], datetime]
    floor: Callable[[datetime], datetime]
    end_of: Callable[[datetime], datetime]


def _begin_of_hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _begin_of_day(time: datetime) -> datetime:
    return _begin_of_hour(time).replace(hour=0)


FREQUENCIES: Mapping[str, Frequency] = {
    "hour": Frequency(
        r"\d{4}-\d\d-\d\dT\d\d",
        lambda time: time.strftime("%Y-%m-%dT%H"),
        lambda name: datetime.strptime(name, "%Y-%m-%dT%H"),
        _begin_of_hour,
        lambda begin: begin + timedelta(hours=1),
    ),
    "day": Frequency(
        r"\d{4}-\d\d-\d\d",
        lambda time: time.strftime("%Y-%m-%d"),
        lambda name: datetime.strptime(name, "%Y-%m-%d"),
        _begin_of_day,
        lambda begin: begin + timedelta(days=1),
    ),
    "week": Frequency(
        r"\d{4}-W\d\d",
        lambda time: time.strftime("%G-W%V"),
        lambda name: datetime.fromisoformat(name),
        lambda time: _begin_of_day(time) - timedelta(days=time.weekday()),
        lambda begin: begin + timedelta(weeks=1),
    ),
    "month": Frequency(
        r"\d{4}-\d\d",
        lambda time: time.strftime("%Y-%m"),
        lambda name: datetime.strptime(name, "%Y-%m"),
        lambda time: _begin_of_day(time).replace(day=1),
        lambda begin: (begin + timedelta(days=32)).replace(day=1),
    ),
    "quarter": Frequency(
        r"\d{4}-Q[1-4]",
        lambda time: f"{time:%Y}-Q{(time.month + 2) // 3}",
        lambda name: datetime(int(name[:4]), 3 * int(name[-1]) - 2, 1),
        lambda time: _begin_of_day(time).replace(month=(time.month - 1) // 3 * 3 + 1, day=1),
        lambda begin: (begin + timedelta(days=95)).replace(day=1),
    ),
    "year": Frequency(
        r"\d{4}",
        lambda time: time.strftime("%Y"),
        lambda name: datetime.strptime(name, "%Y"),
        lambda time: _begin_of_day(time).replace(month=1, day=1),
        lambda begin: begin.replace(year=begin.year + 1),
    ),
}


@dataclass(frozen=True, order=True)
class Window:
    """A window of time. Windows sort by their begin.

    Times have no time zone: they are those of the data's own clock.

    Attributes:
        begin: Its first moment.
        end: The first moment after it.
        name: ``2024`` (year), ``2024-Q2`` (quarter), ``2024-04`` (month), ``2024-W14`` (ISO week),
            ``2024-04-05`` (day), ``2024-04-05T07`` (hour).
        frequency: A key of ``FREQUENCIES``.
    """

    begin: datetime
    end: datetime
    name: str = field(compare=False)
    frequency: str = field(compare=False)

    @classmethod
    def find(cls, name: str) -> Self | None:
        """Return the window with this name; None if the name is not that of a window."""
        for frequency, kind in FREQUENCIES.items():
            if re.fullmatch(kind.pattern, name, re.ASCII):
                try:
                    begin = kind.begin_of(name)
                    return cls(begin, kind.end_of(begin), name, frequency)
                except (ValueError, OverflowError):  # such as month 13
                    return None
        return None

    @classmethod
    def parse(cls, name: str, *, where: str) -> Self:
        """Return the window with this name.

        Args:
            name: The name, such as ``2024-04``.
            where: Where the name is from, for messages.

        Raises:
            DriftError: The name is not that of a window.
        """
        window = cls.find(name)
        if window is None:
            raise DriftError(
                f"The name is not that of a window: '{name}'",
                where=where,
                fix="name it 2024 (year), 2024-Q2 (quarter), 2024-04 (month), 2024-W14 (week),"
                " 2024-04-05 (day) or 2024-04-05T07 (hour)",
            )
        return window

    def is_complete(self, as_of: datetime) -> bool:
        """Return whether the window has ended by a time."""
        return self.end <= as_of


def parse_windows(names: Iterable[str], *, where: str) -> list[Window]:
    """Return the windows with these names, the oldest first.

    Raises:
        DriftError: A name is not that of a window, or the windows have several frequencies.
    """
    windows = sorted(Window.parse(name, where=where) for name in names)
    examples = {window.frequency: window.name for window in windows}
    if len(examples) > 1:
        raise DriftError(
            f"The windows have several frequencies: {', '.join(f'{n} ({f})' for f, n in examples.items())}",
            where=where,
            fix="write windows of one frequency into one folder",
        )
    return windows


def windows_in_folder(folder: Path) -> dict[Window, Path]:
    """Return the windows of a folder of Parquet files, the oldest first, each with its file.

    Raises:
        DriftError: There is none, a name is not that of a window, or the windows have several frequencies.
    """
    files = {file.stem: file for file in folder.glob("*.parquet")}
    if not files:
        raise DriftError(
            "The folder has no window",
            where=str(folder),
            fix="write one Parquet file per window, named after the window",
        )
    return {window: files[window.name] for window in parse_windows(files, where=str(folder))}


def window_boundaries(first: datetime, last: datetime, frequency: str) -> list[datetime]:
    """Return the times up to ``last`` at which a window begins, from the window that holds ``first``.

    Args:
        first: A time in the first window.
        last: No boundary is later.
        frequency: A key of ``FREQUENCIES``.
    """
    kind = FREQUENCIES[frequency]
    boundaries = [kind.floor(first)]
    while (following := kind.end_of(boundaries[-1])) <= last:
        boundaries.append(following)
    return boundaries


def moment(text: str) -> datetime:
    """Return an ISO 8601 date or time without a time zone; one with a time zone is converted to UTC.

    Raises:
        ValueError: The text is not an ISO 8601 date or time.
    """
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def clock() -> datetime:
    """Return the current time in UTC, without a time zone."""
    return datetime.now(UTC).replace(tzinfo=None)
