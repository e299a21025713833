"""An incident on a terminal."""

from __future__ import annotations

from io import StringIO

from tests.library.postmortem.cases import case, incident
from trimtab.incidents import Event
from trimtab.postmortem.incident_view import next_step, show_case
from trimtab.terminal import Console

LEAD = Event(kind="role", at="2026-11-28T03:10:00+00:00", by="ada", text="mine", role="lead")
DONE = Event(kind="resolved", at="2026-11-28T06:00:00+00:00", by="ada", text="it passed")


def test_terminal_ends_with_the_runbook_and_what_to_do():
    out = StringIO()
    show_case(case(recovery=None), Console(file=out, width=120))
    lines = out.getvalue().splitlines()
    assert "runbook: docs/alerts.md#gate-failed" in lines[-2]
    assert lines[-1].startswith("to do: take it: `trimtab incident note validate_raw-")
    assert "params: split.months: 3 → 4" in out.getvalue()


def test_next_step_follows_the_state_of_the_incident():
    assert "incident resolve" in next_step(case())
    assert "clear the task" in next_step(case(incident(LEAD), recovery=None))
    assert "trimtab postmortem" in next_step(case(incident(DONE)))
