"""The timeline of an incident."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.library.incidents.conftest import *  # noqa: F403  fixtures
from tests.library.postmortem.cases import incident
from trimtab.incidents import Event
from trimtab.postmortem.timeline import MOST, read_timeline
from trimtab.registry.ledger import Ledger
from trimtab.registry.tracking import connection

SINCE, NOW = datetime(2026, 11, 27, tzinfo=UTC), datetime.now(UTC)


def test_switch_of_the_champion_is_in_the_timeline_with_the_time_of_the_ledger(store, tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_AIRFLOW_URL", raising=False)
    with connection() as client:
        client.create_registered_model("rides")
        Ledger("rides").append(client, champion=3, how="promoted", by="ada", reason="better")
        (entry,) = Ledger.read(client, "rides").entries
    now = datetime.fromisoformat(entry.at)
    found = read_timeline(incident(), ["rides"], tmp_path, min(SINCE, now), max(now, NOW))
    assert (entry.at, "ada") in [(each.at, each.by) for each in found.moments if each.source == "ledger"]
    assert any("Airflow" in sentence for sentence in found.unknown)


def test_endless_timeline_keeps_alerts_and_people_and_says_what_it_leaves_out(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_AIRFLOW_URL", raising=False)
    notes = [
        Event(kind="note", at="2026-11-28T04:00:00+00:00", by="ada", text=f"note {number}")
        for number in range(MOST + 10)
    ]
    found = read_timeline(incident(*notes), [], tmp_path, SINCE, NOW)
    assert len(found.moments) == MOST
    assert found.moments[0].source == "alert"
    assert "11 more lines of the timeline are left out" in found.unknown
