"""Error budgets and burn rates of objectives about time and about windows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.library.slo.evidences import NOW
from trimtab.slo.error_budget import measure_time, measure_windows
from trimtab.slo.indicator import BadTime, TimeIndicator, WindowIndicator, WindowResult
from trimtab.slo_policy import DataFreshness, Quality

THIRTY_DAYS = DataFreshness(objective=0.999, period_days=30, max_days=1)


def bad_time(begin: timedelta, length: timedelta) -> TimeIndicator:
    spell = BadTime(NOW - begin, NOW - begin + length, "stale")
    return TimeIndicator(NOW - timedelta(days=60), (spell,), NOW)


def windows(*good: bool) -> WindowIndicator:
    return WindowIndicator(
        [
            WindowResult(f"w{number}", NOW - timedelta(days=len(good) - number), one, "" if one else "bad")
            for number, one in enumerate(good)
        ]
    )


def burns(state) -> list[str]:
    return [burn.name for burn in state.firing]


def test_budget_of_time_is_that_of_the_period():
    state = measure_time("f", THIRTY_DAYS, bad_time(timedelta(days=10), timedelta(minutes=21.6)))
    assert state.budget * 1440 == pytest.approx(43.2)
    assert (state.consumed, state.remaining) == (pytest.approx(0.5), pytest.approx(0.5))
    assert not state.spent
    assert state.firing == ()


def test_bad_time_before_the_period_does_not_count():
    state = measure_time("f", THIRTY_DAYS, bad_time(timedelta(days=40), timedelta(days=5)))
    assert (state.bad, state.faults, state.spent) == (0.0, (), False)


def test_bad_time_that_began_before_the_period_counts_from_the_begin_of_the_period():
    state = measure_time("f", THIRTY_DAYS, bad_time(timedelta(days=31), timedelta(days=2)))
    assert state.bad == pytest.approx(1.0)
    assert len(state.faults) == 1


@pytest.mark.parametrize(
    ("minutes", "fires"),
    [
        (0.8, []),
        (0.9, ["fast"]),
        (2.1, ["fast"]),
        (2.2, ["fast", "medium"]),
        (4.4, ["fast", "medium", "slow"]),
    ],
)
def test_alerts_fire_when_their_share_of_the_budget_is_consumed(minutes, fires):
    """2 % of 43.2 minutes are 52 seconds, 5 % are 2.16 minutes, 10 % are 4.32 minutes."""
    length = timedelta(minutes=minutes)
    assert burns(measure_time("f", THIRTY_DAYS, bad_time(length, length))) == fires


def test_alert_stops_soon_after_the_bad_time_ends():
    """The long window is an hour, but the short one of 5 minutes is good again."""
    state = measure_time("f", THIRTY_DAYS, bad_time(timedelta(minutes=9), timedelta(minutes=3)))
    fast = state.burns[0]
    assert (fast.long, fast.short) == ("1 h", "5 min")
    assert fast.long_rate > fast.threshold
    assert fast.short_rate == 0.0
    assert "fast" not in burns(state)


def test_alert_windows_scale_with_the_period():
    objective = DataFreshness(objective=0.95, period_days=90, max_days=1)
    state = measure_time("f", objective, bad_time(timedelta(0), timedelta(0)))
    assert [(burn.long, burn.short) for burn in state.burns] == [
        ("3 h", "15 min"),
        ("18 h", "1.5 h"),
        ("9 d", "18 h"),
    ]


def test_worked_example_of_the_docs():
    """Monthly windows, an objective of 0.9 over 24: 2.4 windows may be bad."""
    objective = Quality(objective=0.9, period_windows=24)
    state = measure_windows("q", objective, windows(*[True] * 22, False))
    assert (state.observed, state.bad, state.budget) == (23, 1, pytest.approx(2.4))
    assert state.consumed == pytest.approx(0.4167, abs=1e-4)
    fast, medium, slow = state.burns
    assert (fast.long, medium.long, slow.long, slow.short) == (
        "1 window",
        "1 window",
        "3 windows",
        "1 window",
    )
    assert (fast.long_rate, slow.long_rate) == (pytest.approx(10), pytest.approx(10 / 3))
    assert (fast.can_fire, burns(state)) == (False, ["medium", "slow"])
    assert state.lasts == pytest.approx(24 * (1 - 1 / 2.4) / (10 / 3))


def test_budget_of_windows_is_spent_by_the_window_that_is_one_too_many():
    objective = Quality(objective=0.9, period_windows=20)
    assert not measure_windows("q", objective, windows(False, *[True] * 19)).spent
    spent = measure_windows("q", objective, windows(False, False, *[True] * 18))
    assert (spent.spent, spent.remaining, spent.lasts) == (True, 0.0, None)
    assert measure_windows("q", objective, windows(False, False, False)).remaining == pytest.approx(-0.5)


def test_first_bad_window_of_a_new_model_does_not_spend_a_budget_of_several():
    state = measure_windows("q", Quality(objective=0.9, period_windows=24), windows(False))
    assert (state.observed, state.spent) == (1, False)


def test_alert_on_windows_stops_with_the_next_good_window():
    objective = Quality(objective=0.9, period_windows=24)
    assert burns(measure_windows("q", objective, windows(True, False))) == ["medium", "slow"]
    assert burns(measure_windows("q", objective, windows(False, True))) == []


def test_objective_that_was_never_observed_is_not_all_right():
    state = measure_windows("q", Quality(objective=0.9, period_windows=24), windows())
    assert (state.observed, state.newest_fault) == (0, None)
    assert "was not measured yet" in state.sentence


def test_newest_fault_is_the_one_that_became_known_last():
    late = WindowResult("2024-01", NOW, False, "labels came late")
    early = WindowResult("2024-02", NOW - timedelta(days=9), False, "bad")
    state = measure_windows("q", Quality(objective=0.9, period_windows=24), WindowIndicator([late, early]))
    assert state.newest_fault == NOW
