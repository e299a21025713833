"""All that is known of an incident."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.library.incidents.conftest import *  # noqa: F403  fixtures
from tests.library.postmortem.cases import incident
from trimtab.incidents import Event
from trimtab.postmortem.case import build_case
from trimtab.postmortem.evidence import duration

NOW = datetime(2026, 11, 29, tzinfo=UTC)
PASSED = Event(
    kind="passed",
    at="2026-11-28T05:05:00+00:00",
    by="training/r2",
    text="it has passed",
    checks=("not_null of a",),
    attempt="validate_raw -1 1",
)
NOTE = Event(kind="note", at="2026-11-28T03:10:00+00:00", by="ada", text="I look")


def test_case_measures_from_recorded_times_only(store, project, monkeypatch):
    root = project().root
    monkeypatch.delenv("TRIMTAB_AIRFLOW_URL", raising=False)
    case = build_case(incident(NOTE, PASSED), root, (), NOW)
    assert case.times.to_detect == 90
    assert case.times.to_acknowledge == 600
    assert case.times.to_recover == 7500
    assert case.times.to_resolve is None
    assert case.recovery.run == "training/r2"
    assert [moment.source for moment in case.timeline.moments] == ["alert", "person", "check"]


def test_source_that_does_not_answer_is_named_and_the_rest_is_shown(project, monkeypatch):
    root = project().root
    monkeypatch.setenv("TRIMTAB_AIRFLOW_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    case = build_case(incident(), root, ("rides",), NOW)
    assert len(case.timeline.moments) == 1
    unknown = "\n".join(case.unknown)
    for part in ("What changed since the last good run", "Airflow does not answer", "MLflow server"):
        assert part in unknown


def test_clock_that_contradicts_another_measures_nothing(project, monkeypatch):
    monkeypatch.delenv("TRIMTAB_AIRFLOW_URL", raising=False)
    early = NOTE.model_copy(update={"at": "2026-11-28T02:00:00+00:00"})
    assert build_case(incident(early), project().root, (), NOW).times.to_acknowledge is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "0 s"), (59.6, "1 min 0 s"), (7500, "2 h 5 min"), (200_000, "2 d 7 h")],
)
def test_duration_has_its_two_largest_units(seconds, text):
    assert duration(seconds) == text
