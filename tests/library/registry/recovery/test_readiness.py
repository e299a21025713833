"""Whether the drills still prove that a recovery works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from trimtab.params_sections import RecoveryPolicy
from trimtab.registry.recovery.drill import Drill
from trimtab.registry.recovery.readiness import drill_problems, settings_problems
from trimtab.registry.recovery.storage_settings import changed_settings

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def drill(days, verdict="good", **values):
    started = (NOW - timedelta(days=days)).isoformat()
    problems = () if verdict == "good" else ("a file is lost",)
    return Drill(model="m", started=started, verdict=verdict, problems=problems, **values)


def problems(*drills, days=40):
    return list(drill_problems(drills, RecoveryPolicy(drill_days=days), NOW))


def test_recent_good_drill_leaves_no_doubt():
    assert problems(drill(40)) == []


def test_good_drill_that_is_too_old_is_a_doubt():
    (problem,) = problems(drill(41))
    assert "is 41 days old" in problem
    assert "`recovery.drill_days` allows 40" in problem


def test_failed_drill_after_a_good_one_is_a_doubt():
    assert problems(drill(1, "failed"), drill(10)) == [
        "The last recovery drill, of 2026-05-31, failed: a file is lost"
    ]


def test_good_drill_after_a_failed_one_leaves_no_doubt():
    assert problems(drill(1), drill(2, "failed")) == []


def test_no_drill_is_a_doubt():
    assert problems() == ["No recovery drill has succeeded yet"]


def test_changed_setting_is_compared_with_the_last_good_drill():
    before = drill(10, settings={"backup location": "s3://a", "DVC remote 'x'": "s3://x"})
    failed = drill(1, "failed", settings={"backup location": "/tmp"})

    found = settings_problems([failed, before], {"backup location": "s3://b", "DVC cache, dir": "/c"})

    assert list(found) == [
        "Since the last good recovery drill, of 2026-05-22, DVC cache, dir was (not set), and is /c",
        "Since the last good recovery drill, of 2026-05-22, DVC remote 'x' was s3://x, and is (not set)",
        "Since the last good recovery drill, of 2026-05-22, backup location was s3://a, and is s3://b",
    ]


def test_equal_settings_are_no_change():
    assert changed_settings({"a": "1"}, {"a": "1"}) == []
