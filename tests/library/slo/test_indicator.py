"""Indicators: which part of a period was bad."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.library.slo.evidences import NOW
from trimtab.slo.indicator import BadTime, TimeIndicator, WindowIndicator, WindowResult, stale_times

HOUR = timedelta(hours=1)


def test_bad_seconds_are_those_within_the_stretch():
    bad = (BadTime(NOW - 5 * HOUR, NOW - 3 * HOUR, "a"), BadTime(NOW - HOUR, NOW, "b"))
    indicator = TimeIndicator(NOW - 9 * HOUR, bad, NOW)
    assert [indicator.bad_seconds(hours * HOUR) / 3600 for hours in (0, 1, 2, 4, 9)] == [0, 1, 1, 2, 3]
    assert [why for _, why in indicator.faults(2 * HOUR)] == ["b"]


@pytest.mark.parametrize(("ages", "expected"), [((), []), ((1,), []), ((5,), [3]), ((9, 5, 1), [2, 2])])
def test_stale_time_begins_when_the_maximum_is_over(ages, expected):
    refreshed = [NOW - age * HOUR for age in ages]
    found = stale_times(refreshed, 2 * HOUR, NOW, "nothing came")
    assert [(each.end - each.begin) / HOUR for each in found] == expected


def test_windows_are_counted_from_the_newest():
    results = [WindowResult(f"w{place}", NOW, place != 1, "" if place != 1 else "bad") for place in range(4)]
    indicator = WindowIndicator(results)
    assert [indicator.bad_windows(number) for number in (1, 2, 3, 9)] == [0, 0, 1, 1]
    assert indicator.faults(9) == ((NOW, "w1: bad"),)
