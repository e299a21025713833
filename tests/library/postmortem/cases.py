"""A case made by hand, for the pages and the terminal."""

from __future__ import annotations

from trimtab.diagnosis import Explanation
from trimtab.diagnosis.value_change import ValueChange
from trimtab.incidents import Cause, Event, Incident, Recovery
from trimtab.postmortem.case import Case, Times
from trimtab.postmortem.timeline import Moment, Timeline

CAUSE = Cause("training", "gate failed", "validate_raw", "validate_raw")


def incident(*events: Event, text: str = "the gate has failed") -> Incident:
    """An incident with one alert, and what came after it."""
    alert = Event(
        kind="alert",
        at="2026-11-28T03:00:00+00:00",
        began="2026-11-28T02:58:30+00:00",
        by="training/r1",
        text=text,
        severity="sev2",
        blocks="train",
        checks=("not_null of a",),
        attempt="validate_raw -1 1",
    )
    return Incident(f"{CAUSE.key}-1", "run", CAUSE, (alert, *events), alert.at)


def explanation() -> Explanation:
    """What differs from the last good run: a param."""
    return Explanation(
        run="training/r1",
        against="training-r0",
        failed=("validate_raw",),
        data=[],
        code=[],
        commits=[],
        params=[ValueChange("split.months", 3, 4)],
        environment=[],
        stages=[],
        metrics=[],
        verdicts=[],
        remarks=[],
    )


def case(about: Incident | None = None, **more: object) -> Case:
    """A case about an incident."""
    about = about or incident()
    moments = tuple(Moment(event.at, "alert", event.text, event.by) for event in about.events)
    values = {
        "incident": about,
        "times": Times(90.0, None, 7500.0, None),
        "recovery": Recovery("2026-11-28T05:05:00+00:00", "training/r2", "it has passed"),
        "timeline": Timeline(moments),
        "changes": explanation(),
        "unknown": ("Airflow does not answer (http://a)",),
        **more,
    }
    return Case(**values)  # type: ignore[arg-type]
