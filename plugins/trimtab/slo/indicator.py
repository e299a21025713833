"""Service level indicators: how much of a period was bad, by time or by windows of data.

An indicator of time knows since when to when something was bad, so that the bad share of any stretch of time
is exact. An indicator of windows knows whether each window of data was good, so that a stretch is a number of
windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True)
class BadTime:
    """A stretch of time that was bad.

    Attributes:
        begin: Its begin.
        end: Its end.
        why: Why, for people.
    """

    begin: datetime
    end: datetime
    why: str

    def seconds_since(self, since: datetime) -> float:
        """Return how many of its seconds are later than a time."""
        return max((self.end - max(self.begin, since)).total_seconds(), 0.0)


@dataclass(frozen=True)
class TimeIndicator:
    """How long something was bad.

    Attributes:
        since: Since when it is observed; None if it is not.
        bad: What was bad, the oldest first.
        now: Until when it is observed.
    """

    since: datetime | None
    bad: tuple[BadTime, ...]
    now: datetime

    def bad_seconds(self, length: timedelta) -> float:
        """Return how long it was bad in the newest stretch of a length."""
        return sum(each.seconds_since(self.now - length) for each in self.bad)

    def faults(self, length: timedelta) -> tuple[tuple[datetime, str], ...]:
        """Return when each bad time in that stretch began, and why, the oldest first."""
        return tuple((each.begin, each.why) for each in self.bad if each.seconds_since(self.now - length))


@dataclass(frozen=True)
class WindowResult:
    """Whether a window of data was good.

    Attributes:
        window: Its name.
        at: Since when that is known.
        good: Whether it was.
        why: Why not; empty if it was.
    """

    window: str
    at: datetime
    good: bool
    why: str = ""


@dataclass(frozen=True)
class WindowIndicator:
    """Which windows of data were bad.

    Attributes:
        results: The windows, the oldest first.
    """

    results: Sequence[WindowResult]

    def bad_windows(self, number: int) -> int:
        """Return how many of the newest windows were bad."""
        return sum(not each.good for each in self.results[-number:])

    def faults(self, number: int) -> tuple[tuple[datetime, str], ...]:
        """Return since when each bad one of them is known, and why, the oldest window first."""
        return tuple(
            (each.at, f"{each.window}: {each.why}") for each in self.results[-number:] if not each.good
        )


def stale_times(
    refreshed: Sequence[datetime], max_age: timedelta, now: datetime, what: str
) -> tuple[BadTime, ...]:
    """Return when something was older than allowed.

    Args:
        refreshed: When it became new, the oldest first.
        max_age: How old it may get.
        now: The time.
        what: What became no newer, for people.
    """
    return tuple(
        BadTime(begin + max_age, end, f"{what} for more than {max_age.total_seconds() / 86400:g} days")
        for begin, end in pairwise([*refreshed, now])
        if end - begin > max_age
    )
