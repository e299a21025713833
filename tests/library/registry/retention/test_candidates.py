from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.ledger.ledger_entry import LedgerEntry
from trimtab.registry.retention.candidates import reason_to_keep
from trimtab.registry.retention.live_versions import LiveVersions
from trimtab.registry.retention.retention_policy import RetentionPolicy

DAY = 24 * 60 * 60
POLICY = RetentionPolicy(candidate_days=90)
DECIDED = {"trimtab.decision": "not better", "mlflow.user": "alice"}


def version(number: int = 7, *, days: float = 100, **tags: str) -> SimpleNamespace:
    created = (time.time() - days * DAY) * 1000
    return SimpleNamespace(version=str(number), creation_timestamp=created, tags={**DECIDED, **tags})


def live(reasons: dict[int, str] | None = None, *, rolled_back_from: int | None = None) -> LiveVersions:
    entry = LedgerEntry(
        number=1,
        model="m",
        champion=1,
        was=rolled_back_from,
        how="rolled back",
        by="alice",
        reason="r",
        at="2026-01-01T00:00:00+00:00",
    )
    return LiveVersions(Ledger("m", entries=(entry,)), reasons or {})


def test_candidate_older_than_the_policy_is_not_kept():
    assert reason_to_keep(live(), version(), POLICY) == ""


def test_candidate_younger_than_the_policy_is_kept():
    assert reason_to_keep(live(), version(days=89), POLICY) == "younger than 90 days"


def test_candidate_that_is_live_is_kept_for_that_reason():
    assert reason_to_keep(live({7: "previous"}), version(), POLICY) == "previous"


def test_candidate_that_was_rolled_back_from_is_kept():
    assert reason_to_keep(live(rolled_back_from=7), version(), POLICY).startswith("rolled back from")


def test_candidate_with_a_tag_of_a_person_is_kept():
    assert reason_to_keep(live(), version(audit="2026"), POLICY) == "tagged audit"


def test_candidate_without_a_decision_is_kept():
    undecided = version()
    del undecided.tags["trimtab.decision"]

    assert reason_to_keep(live(), undecided, POLICY) == "no decision on it yet"


@pytest.mark.parametrize("days", [1, 1000])
def test_candidate_age_follows_the_policy(days):
    policy = RetentionPolicy(candidate_days=days)

    assert bool(reason_to_keep(live(), version(days=100), policy)) == (days == 1000)
