"""The rule 3-2-1-1-0."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trimtab.params_sections import RecoveryPolicy
from trimtab.registry.recovery.copy_rules import Copy, Part, apply_rules
from trimtab.registry.recovery.drill import Drill

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DISK = Copy("/srv", "disk", off_site=False)
BUCKET = Copy("s3://a", "s3", off_site=True, locked_until="2026-07-01T00:00:00+00:00")
GOOD = Drill(
    model="m",
    started="2026-05-30T00:00:00+00:00",
    verdict="good",
    champion=3,
    recovery_seconds=300,
    copy_seconds=7200,
)


def rules(*copies, drills=(GOOD,)):
    parts = (Part("code", (DISK, DISK, BUCKET)), Part("data", copies))
    return {rule.name: rule for rule in apply_rules(parts, drills, RecoveryPolicy(), NOW)}


def test_rule_holds_if_each_part_has_all_copies_and_the_drill_was_good():
    found = rules(DISK, DISK, BUCKET)

    assert [rule.holds for rule in found.values()] == [True] * 5
    assert list(found) == ["3 copies", "2 media", "1 off-site", "1 immutable", "0 errors"]
    assert found["1 immutable"].sentence == "object lock until 2026-07-01"
    assert "Version 3 was rebuilt, identical, in 5 minutes from a backup that was 2 hours old" in (
        found["0 errors"].sentence
    )


@pytest.mark.parametrize(
    ("copies", "broken"),
    [
        ((DISK, BUCKET), {"3 copies"}),
        ((DISK, DISK, DISK), {"2 media", "1 off-site", "1 immutable"}),
        ((DISK, DISK, Copy("s3://b", "s3", off_site=True)), {"1 immutable"}),
        ((), {"3 copies", "2 media", "1 off-site", "1 immutable"}),
    ],
    ids=["two", "disks", "not locked", "none"],
)
def test_rule_names_the_part_that_breaks_it(copies, broken):
    found = rules(*copies)

    assert {name for name, rule in found.items() if not rule.holds} == broken
    assert all("data" in found[name].sentence and "code" not in found[name].sentence for name in broken)


def test_rule_has_an_error_without_a_good_drill():
    failed = GOOD.model_copy(update={"verdict": "failed", "problems": ("a file is lost",)})

    assert not rules(DISK, DISK, BUCKET, drills=())["0 errors"].holds
    assert "a file is lost" in rules(DISK, DISK, BUCKET, drills=(failed,))["0 errors"].sentence
