"""The bounds of a schedule, as the text that a timetable shows and the main job reads."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

_BOUND = re.compile(r" (from|until) (\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?)(?= |$)", re.ASCII)


def write_bounds(earliest: datetime | None, latest: datetime | None) -> str:
    """Return the bounds as the end of a description, such as ``, from 2024-04-06 until 2024-05-01T06:00``.

    Args:
        earliest: The first date; one without a time zone is in UTC. None for no bound.
        latest: The last date; None for no bound.
    """
    dates = (("from", earliest), ("until", latest))
    parts = [f"{word} {_shown(date)}" for word, date in dates if date]
    return f", {' '.join(parts)}" if parts else ""


def read_bounds(description: str) -> tuple[datetime | None, datetime | None]:
    """Return the earliest and the latest date that the end of a description has, in UTC; None without one."""
    text = description.rpartition(",")[2]
    found = {word: datetime.fromisoformat(date).replace(tzinfo=UTC) for word, date in _BOUND.findall(text)}
    return found.get("from"), found.get("until")


def _shown(date: datetime) -> str:
    date = date.astimezone(UTC) if date.tzinfo else date
    return f"{date:%Y-%m-%d}" if date.time() == time.min else f"{date:%Y-%m-%dT%H:%M}"
