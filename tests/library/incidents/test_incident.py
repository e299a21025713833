"""What follows from the events of an incident."""

from __future__ import annotations

from tests.library.incidents.conftest import CAUSE, alert, passed
from trimtab.incidents import Event, Incident


def made(*events: Event) -> Incident:
    return Incident("x-1", "run", CAUSE, events, "2026-11-28T02:00:00+00:00")


def test_severity_is_the_worst_of_its_alerts():
    assert made(alert(severity="sev3"), alert(severity="sev1"), alert()).severity == "sev1"
    assert made().severity == "sev2", "an incident whose alerts cannot be read is not harmless"


def test_opened_is_the_time_of_the_first_alert_or_of_the_run():
    assert made(alert()).opened == alert().at
    assert made().opened == "2026-11-28T02:00:00+00:00"


def test_failed_checks_are_those_of_all_alerts_once():
    incident = made(alert(checks=("a", "b")), alert(checks=("b", "c")))
    assert incident.failed_checks == ("a", "b", "c")


def test_passes_are_those_since_the_last_alert():
    late = alert(at="2026-11-28T06:00:00+00:00")
    assert made(alert(), passed()).passes == (passed(),)
    assert made(alert(), passed(), late).passes == ()


def test_role_belongs_to_who_took_it_last():
    roles = [
        Event(kind="role", at=f"2026-11-28T0{hour}:00:00+00:00", by=by, text="mine", role="lead")
        for hour, by in ((4, "ada"), (5, "bob"))
    ]
    assert made(alert(), *roles).roles == {"lead": "bob"}


def test_json_has_the_cause_and_each_event():
    content = made(alert()).to_dict()
    assert content["cause"]["subject"] == "validate_raw"
    assert [event["kind"] for event in content["events"]] == ["alert"]
