"""The arithmetic of *The Site Reliability Workbook*, chapter 5, "Alerting on SLOs", by its own tables."""

from __future__ import annotations

import math

import pytest

from trimtab.burn_rate import BURN_ALERTS, budget_consumed, burn_rate, time_to_exhaustion

HOURS, DAYS = 720.0, 30.0  # of the period of the workbook
THREE_NINES = 1 - 0.999


@pytest.mark.parametrize(
    ("rate", "error_rate", "minutes"),
    [(1, 0.001, 30 * 1440), (2, 0.002, 15 * 1440), (10, 0.01, 3 * 1440), (1000, 1.0, 43.2)],
)
def test_burn_rate_and_time_to_exhaustion_are_those_of_the_workbook(rate, error_rate, minutes):
    """Its table "Burn rates and time to complete budget exhaustion", for 99.9 % in 30 days."""
    assert burn_rate(error_rate, THREE_NINES) == pytest.approx(rate)
    assert time_to_exhaustion(DAYS * 1440, rate) == pytest.approx(minutes)


@pytest.mark.parametrize(
    ("name", "consumed", "hours", "short_minutes", "rate", "urgency"),
    [
        ("fast", 0.02, 1, 5, 14.4, "page"),
        ("medium", 0.05, 6, 30, 6, "page"),
        ("slow", 0.10, 72, 360, 1, "ticket"),
    ],
)
def test_burn_alerts_are_the_parameters_that_the_workbook_recommends(
    name, consumed, hours, short_minutes, rate, urgency
):
    """Its table "Recommended parameters for a 99.9 % SLO alerting configuration"."""
    alert = BURN_ALERTS[name]
    assert (alert.consumed, alert.urgency) == (consumed, urgency)
    assert alert.share * HOURS == pytest.approx(hours)
    assert alert.share * HOURS * 60 / 12 == pytest.approx(short_minutes)
    assert alert.rate == pytest.approx(rate)


@pytest.mark.parametrize("alert", BURN_ALERTS.values(), ids=lambda alert: alert.name)
def test_budget_consumed_when_an_alert_fires_is_the_share_it_was_made_for(alert):
    error_rate = alert.rate * THREE_NINES
    bad_hours = error_rate * alert.share * HOURS
    assert budget_consumed(bad_hours, HOURS, THREE_NINES) == pytest.approx(alert.consumed)


def test_one_failed_request_of_ten_an_hour_consumes_14_percent_of_the_budget():
    """The workbook's service with low traffic: only seven requests may fail in 30 days."""
    requests = 10 * HOURS
    assert budget_consumed(1, requests, THREE_NINES) == pytest.approx(0.139, abs=5e-4)
    assert math.floor(requests * THREE_NINES + 1e-9) == 7


def test_fast_alert_of_a_90_percent_objective_never_fires():
    """In the workbook, an hour of total outage consumes 1.4 % of that budget, so 2 % are never reached."""
    assert budget_consumed(1, HOURS, 0.1) == pytest.approx(0.0139, abs=1e-4)
    assert [alert.name for alert in BURN_ALERTS.values() if alert.can_fire(0.1)] == ["medium", "slow"]


def test_budget_of_five_nines_lasts_26_seconds():
    everything_fails = burn_rate(1.0, 1 - 0.99999)
    assert time_to_exhaustion(DAYS * 86400, everything_fails) == pytest.approx(26, abs=0.1)


def test_budget_lasts_forever_if_nothing_burns_and_no_time_if_it_is_spent():
    assert time_to_exhaustion(30, 0.0) == math.inf
    assert time_to_exhaustion(30, 2.0, remaining=-0.5) == 0.0
    assert time_to_exhaustion(30, 2.0, remaining=0.5) == 7.5


@pytest.mark.parametrize(
    ("period", "fast", "slow"), [(12, (1, 1), (2, 1)), (90, (1, 1), (9, 1)), (720, (1, 1), (72, 6))]
)
def test_windows_of_an_alert_are_counted_and_never_less_than_one(period, fast, slow):
    assert BURN_ALERTS["fast"].count_windows(period) == fast
    assert BURN_ALERTS["slow"].count_windows(period) == slow
