"""Points 5, 6 and 9, and the approvals."""

from __future__ import annotations

from dataclasses import replace

from trimtab.control_room import parse_figures
from trimtab.dossier.content import Source
from trimtab.dossier.evidence import MonitoredWindow
from trimtab.dossier.operation_sections import (
    describe_approvals,
    describe_monitoring,
    describe_safeguards,
    lifecycle_tables,
    monitoring_tables,
)
from trimtab.drift import PastWindow
from trimtab.registry.drift_log import RecordedVerdict


def test_approval_says_who_when_and_why_and_rests_on_the_ledger(evidence):
    first = next(iter(describe_approvals(evidence)))
    entry = evidence.ledger.entries[0]
    assert first.text == f"At {entry.at}, alice (a person decided) made it champion: agreed with the team."
    assert first.sources[0].hash == entry.hash


def test_history_of_champions_has_a_row_per_entry(evidence):
    (table,) = lifecycle_tables(evidence)
    assert [row.cells[2:5] for row in table.rows] == [("1", "none", "promoted")]


def test_critical_checks_are_counted_by_gate(evidence):
    (told,) = describe_safeguards(evidence)
    assert told.text.startswith("The model gate validate_model has 1 critical checks")


def test_version_without_a_verdict_says_so(evidence):
    (told,) = describe_monitoring(evidence)
    assert told.text == "The drift log has no verdict on this version."
    assert told.sources == (evidence.drift_log,)


def test_window_that_was_checked_rests_on_its_report(evidence):
    past = PastWindow(
        window="2013-07", champion="1", decision="retrain", outcome="promoted", metric="roc_auc"
    )
    verdict = RecordedVerdict("r", past, True, "c", "Retrain: it fell", complete=True)
    report = Source(kind="drift report", name="2013-07", hash="f" * 64)
    figures = parse_figures(b'{"rows": {"window": 1200}}')
    window = MonitoredWindow(verdict, "Retrain: it fell", figures, report)
    seen = replace(evidence, windows=(window,), unread_windows=("2013-06",))
    told, outcome, pruned = describe_monitoring(seen)
    assert (told.text, told.sources) == ("Window 2013-07: Retrain: it fell.", (report,))
    assert outcome.text == "The retrain that window 2013-07 requested: promoted."
    assert outcome.sources == pruned.sources == (evidence.drift_log,)
    assert "2013-06" in pruned.text
    (table,) = monitoring_tables(seen)
    assert table.rows[0].cells[:3] == ("2013-07", "retrain", "roc_auc")
    assert table.rows[0].cells[-1] == "1,200"
