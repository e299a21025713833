"""Incidents on a terminal."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

from tests.library.hostile_text import HIDDEN, HOSTILE
from tests.library.incidents.conftest import CAUSE, alert
from trimtab.incidents import Incident, incident_table
from trimtab.terminal import Console


def test_table_has_a_line_for_each_incident_and_hostile_text_is_inert():
    cause = replace(CAUSE, subject=HOSTILE)
    incidents = [
        Incident("x-1", "r", CAUSE, (alert(),), alert().at),
        Incident("y-1", "r", cause, (), alert().at),
    ]
    out = StringIO()
    Console(file=out, width=400).print(incident_table(incidents))
    head, first, second = out.getvalue().splitlines()
    assert head.startswith("incident")
    for part in ("x-1", "sev2", "training: gate failed: validate_raw", "2026-11-28 03:00", "nobody"):
        assert part in first
    assert "y-1" in second
    assert not HIDDEN.search(second)


def test_id_of_an_incident_is_whole_on_a_narrow_terminal():
    name = f"{replace(CAUSE, subject='validate_the_raw_data_of_flights').key}-12"
    out = StringIO()
    Console(file=out, width=80).print(incident_table([Incident(name, "r", CAUSE, (alert(),), alert().at)]))
    assert name in out.getvalue()
