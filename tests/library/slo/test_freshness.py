"""Freshness of the data and of the model, from ledger and drift log."""

from __future__ import annotations

import pytest

from tests.library.slo.evidences import ago, entry, evidence, state, verdict

DATA = {"objective": 0.9, "period_days": 100, "max_days": 10}
MODEL = {"objective": 0.9, "period_days": 100, "max_days": 50}


def test_data_are_stale_from_the_last_check_of_a_new_window_and_the_maximum():
    kept = evidence(entry(1, 1, ago(days=90)), verdicts=[verdict("2013-04", ago(days=80))])
    found = state(kept, "data_freshness", **DATA)
    assert found.bad == pytest.approx(70)
    assert found.observed == pytest.approx(90)
    assert found.faults[-1].at.startswith(ago(days=70)[:10])


def test_data_of_the_past_that_are_checked_today_are_fresh():
    kept = evidence(entry(1, 1, ago(days=5)), verdicts=[verdict("1999-01", ago(days=1))])
    assert state(kept, "data_freshness", **DATA).bad == 0.0


def test_another_check_of_the_same_window_makes_no_data_fresh():
    again = verdict("2013-04", ago(days=1), first_at=ago(days=80))
    kept = evidence(entry(1, 1, ago(days=90)), verdicts=[again])
    assert state(kept, "data_freshness", **DATA).bad == pytest.approx(70)


def test_live_model_that_nothing_checks_has_stale_data():
    found = state(evidence(entry(1, 1, ago(days=90))), "data_freshness", **DATA)
    assert found.bad == pytest.approx(80)
    assert found.spent


def test_model_is_stale_from_its_first_promotion_on():
    found = state(evidence(entry(1, 1, ago(days=70))), "model_freshness", **MODEL)
    assert found.bad == pytest.approx(20)
    assert "version 1 was older than 50 days" in found.faults[-1].why


def test_rollback_makes_no_model_younger():
    kept = evidence(
        entry(1, 1, ago(days=90)),
        entry(2, 2, ago(days=30), was=1),
        entry(3, 1, ago(days=10), was=2, how="rolled back"),
    )
    found = state(kept, "model_freshness", **MODEL)
    assert found.bad == pytest.approx(10 + 10), "from day 40 to the second version, and since the rollback"


def test_time_without_a_live_version_is_bad():
    kept = evidence(entry(1, 1, ago(days=20)), entry(2, None, ago(days=5), was=1, how="found"))
    assert state(kept, "model_freshness", **MODEL).bad == pytest.approx(5)


def test_decision_to_keep_the_champion_neither_renews_it_nor_begins_another_fault():
    kept = evidence(entry(1, 1, ago(days=90)), entry(2, 1, ago(days=10), was=1, how="kept", person=True))
    found = state(kept, "model_freshness", **MODEL)
    assert found.bad == pytest.approx(40)
    assert len(found.faults) == 1


def test_freshness_without_a_ledger_is_not_measured():
    from trimtab.registry.ledger import Ledger
    from trimtab.slo.evidence import Evidence

    for name, objective in (("data_freshness", DATA), ("model_freshness", MODEL)):
        assert state(Evidence(Ledger("rides")), name, **objective).observed == 0
