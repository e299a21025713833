"""The four keys of DORA, from deployments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trimtab.delivery.deployment import Deployment
from trimtab.delivery.figures import measure_delivery, wilson_interval

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def deployed(days_ago: float, **changes) -> Deployment:
    at = NOW - timedelta(days=days_ago)
    lead = changes.pop("lead_hours", ())
    return Deployment(1, at, tuple(at - timedelta(hours=hours) for hours in lead), **changes)


def failed(days_ago: float, hours: float | None) -> Deployment:
    at = NOW - timedelta(days=days_ago)
    restored = None if hours is None else at + timedelta(hours=hours)
    return deployed(days_ago, failed="rolled back", failed_at=at, restored_at=restored)


def figures(*deployments: Deployment, days: float = 100):
    return measure_delivery("rides", deployments, NOW, days)


def test_frequency_is_measured_since_the_first_deployment():
    found = figures(deployed(60), deployed(30), deployed(10))
    assert (found.deployments, found.days, found.per_30_days) == (3, 60, pytest.approx(1.5))
    assert found.notes[0].startswith("too few deployments (3)")


def test_deployments_before_the_period_do_not_count():
    found = figures(deployed(60), deployed(30), deployed(10), days=40)
    assert (found.deployments, found.days) == (2, 40)


def test_lead_time_is_that_of_every_commit_and_a_retrain_has_none():
    found = figures(deployed(60, lead_hours=(2, 4, 30)), deployed(10, brings_change=False))
    assert (found.lead_time.count, found.lead_time.median) == (3, 4)
    assert (found.lead_time.shortest, found.lead_time.longest, found.retrains) == (2, 30, 1)
    assert found.unknown_commits == 0


def test_commit_that_the_clone_does_not_have_is_said_and_counts_for_no_lead_time():
    found = figures(deployed(60))
    assert (found.lead_time.count, found.unknown_commits) == (0, 1)
    assert any("this clone does not have" in note for note in found.notes)


def test_commit_after_its_deployment_is_a_wrong_clock_and_counts_for_no_lead_time():
    assert figures(deployed(60, lead_hours=(-5, 2))).lead_time.count == 1


def test_failure_rate_has_an_interval_and_recovery_leaves_out_what_is_open():
    found = figures(failed(60, 2), failed(50, 6), deployed(40), failed(3, None))
    assert (found.failed, found.failure_rate, found.open_failures) == (3, 0.75, 1)
    assert found.failure_interval == pytest.approx((0.3006, 0.9544), abs=1e-3)
    assert (found.recovery_time.count, found.recovery_time.median) == (2, 4)


def test_model_without_a_deployment_has_no_rate_and_no_time():
    found = figures()
    assert (found.deployments, found.failure_rate, found.failure_interval) == (0, None, None)
    assert (found.lead_time.median, found.recovery_time.median) == (None, None)


def test_first_hours_of_a_model_give_no_frequency():
    assert figures(deployed(0.2)).per_30_days is None


@pytest.mark.parametrize(
    ("hits", "number", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634)],
)
def test_interval_of_a_share_is_wilsons(hits, number, low, high):
    """Values of statsmodels' `proportion_confint(…, method="wilson")`."""
    assert wilson_interval(hits, number) == pytest.approx((low, high), abs=1e-4)
