"""Windows of time: a name such as ``2024-04``, and from it the beginning, the end and the rhythm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from trimtab.errors import DriftError


@dataclass(frozen=True)
class Rhythm:
    """How often a window begins, and how its name is written."""

    pattern: str
    beginning: Callable[[str], datetime]
    end: Callable[[datetime], datetime]


def _month_after(begin: datetime) -> datetime:
    return (begin + timedelta(days=32)).replace(day=1)


RHYTHMS: Mapping[str, Rhythm] = {
    "hour": Rhythm(
        r"\d{4}-\d\d-\d\dT\d\d",
        lambda name: datetime.strptime(name, "%Y-%m-%dT%H"),
        lambda begin: begin + timedelta(hours=1),
    ),
    "day": Rhythm(
        r"\d{4}-\d\d-\d\d",
        lambda name: datetime.strptime(name, "%Y-%m-%d"),
        lambda begin: begin + timedelta(days=1),
    ),
    "week": Rhythm(
        r"\d{4}-W\d\d",
        lambda name: datetime.fromisoformat(name),
        lambda begin: begin + timedelta(weeks=1),
    ),
    "month": Rhythm(r"\d{4}-\d\d", lambda name: datetime.strptime(name, "%Y-%m"), _month_after),
}


@dataclass(frozen=True, order=True)
class Window:
    """A window of time; windows sort by their beginning.

    Times are those of the data's own clock, without a time zone.

    Attributes:
        begin: Its first moment.
        end: The first moment after it.
        name: ``2024-04`` (month), ``2024-W14`` (ISO week), ``2024-04-05`` (day), ``2024-04-05T07`` (hour).
        rhythm: ``month``, ``week``, ``day`` or ``hour``.
    """

    begin: datetime
    end: datetime
    name: str = field(compare=False)
    rhythm: str = field(compare=False)

    @classmethod
    def find(cls, name: str) -> Self | None:
        """Return the window of that name; ``None`` if it names none."""
        for rhythm, kind in RHYTHMS.items():
            if re.fullmatch(kind.pattern, name, re.ASCII):
                try:
                    begin = kind.beginning(name)
                    return cls(begin, kind.end(begin), name, rhythm)
                except (ValueError, OverflowError):  # such as month 13
                    return None
        return None

    @classmethod
    def parse(cls, name: str, *, where: str) -> Self:
        """Return the window of that name.

        Args:
            name: Such as ``2024-04``.
            where: For the message.

        Raises:
            DriftError: It names no window.
        """
        window = cls.find(name)
        if window is None:
            raise DriftError(
                f"The name says of no window when it begins: '{name}'",
                where=where,
                fix="name it 2024-04 (month), 2024-W14 (week), 2024-04-05 (day) or 2024-04-05T07 (hour)",
            )
        return window

    def is_complete(self, as_of: datetime) -> bool:
        """Whether it is over, when the world has got as far as ``as_of``."""
        return self.end <= as_of


def windows_of(names: Iterable[str], *, where: str) -> list[Window]:
    """Return the windows of those names, the oldest first.

    Raises:
        DriftError: A name is none of a window, or they have several rhythms.
    """
    windows = sorted(Window.parse(name, where=where) for name in names)
    rhythms = {window.rhythm: window.name for window in windows}
    if len(rhythms) > 1:
        raise DriftError(
            f"The windows have several rhythms: {', '.join(f'{n} ({r})' for r, n in rhythms.items())}",
            where=where,
            fix="write windows of one length into one folder",
        )
    return windows


def windows_in(folder: Path) -> dict[Window, Path]:
    """Return the windows of a folder of Parquet files, the oldest first, each with its file.

    Raises:
        DriftError: There is none, a name is none of a window, or they have several rhythms.
    """
    files = {file.stem: file for file in folder.glob("*.parquet")}
    if not files:
        raise DriftError(
            "There is no window to look at",
            where=str(folder),
            fix="let the stage write one Parquet file each",
        )
    return {window: files[window.name] for window in windows_of(files, where=str(folder))}


def moment(text: str) -> datetime:
    """Return a date or a time in ISO 8601 as windows have it: without a time zone, in UTC if it had one.

    Raises:
        ValueError: It is none.
    """
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def clock() -> datetime:
    """Return the time now, in UTC, as windows have it."""
    return datetime.now(UTC).replace(tzinfo=None)
