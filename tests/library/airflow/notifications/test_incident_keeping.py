"""Which alert opens which incident; the end-to-end tests keep them in a real Airflow and MLflow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.library.airflow.notifications.conftest import ALERT, context, task
from tests.library.receivers import webhook
from trimtab.airflow.notifications.incident_keeping import (
    WaitingAlert,
    _alert_event,
    find_cause,
    with_incident,
)
from trimtab.airflow.notifications.notifier import AlertNotifier
from trimtab.incidents import KINDS

CLOSED = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def mlflow(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", CLOSED)


@pytest.mark.parametrize("kind", KINDS)
def test_alert_that_needs_somebody_now_has_a_cause(kind):
    cause = find_cause(replace(ALERT, kind=kind, subject="rides"), context(task()))
    assert (cause.dag_id, cause.kind, cause.task_id, cause.subject) == ("flights", kind, "judge", "rides")


@pytest.mark.parametrize("kind", ["gate warned", "approval wanted", "model promoted", "model not promoted"])
def test_alert_that_can_wait_opens_no_incident(kind):
    assert find_cause(replace(ALERT, kind=kind), context(task())) is None


def test_alert_without_any_mlflow_opens_no_incident(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert find_cause(ALERT, context(task())) is None


def test_cause_is_the_same_in_every_run_and_for_every_message():
    first = find_cause(ALERT, context(task()))
    later = find_cause(replace(ALERT, title="other"), context(task(), run_id="scheduled__x"))
    assert first == later


def test_alert_names_its_incident_without_asking_mlflow():
    cause = find_cause(ALERT, context(task()))
    text = with_incident(ALERT, cause).text()
    assert f"`trimtab incident show {cause.key}`" in text
    assert "/trimtab/control-room" in text
    assert with_incident(ALERT, None) is ALERT


@pytest.mark.parametrize(
    ("kind", "blocks", "severity"),
    [
        ("gate failed", "train", "sev2"),
        ("task failed", "nothing", "sev3"),
        ("drift to look at", "nothing, but no retrain follows", "sev1"),
        ("verification failed", "nothing yet", "sev1"),
    ],
)
def test_severity_follows_from_what_is_blocked(kind, blocks, severity):
    alert = replace(ALERT, kind=kind, facts={"found": "x", "blocks": blocks})
    assert _alert_event(alert, context(task())).severity == severity


def test_event_of_an_alert_has_its_try_its_checks_and_when_the_try_began():
    run = context(task())
    run["ti"].start_date, run["ti"].try_number = datetime(2026, 11, 28, 3, tzinfo=UTC), 2
    event = _alert_event(replace(ALERT, checks=("a",)), run)
    assert (event.began, event.checks, event.attempt) == ("2026-11-28T03:00:00+00:00", ("a",), "judge -1 2")
    again = _alert_event(replace(ALERT, checks=("a",)), run)
    assert again.key == event.key


def test_waiting_alert_is_read_as_it_was_stored():
    cause = find_cause(ALERT, context(task()))
    stored = WaitingAlert(connection="c", cause=cause, event=_alert_event(ALERT, context(task())))
    assert WaitingAlert.model_validate_json(stored.model_dump_json()) == stored


def test_incident_that_cannot_be_kept_at_all_is_an_error_in_the_log_after_the_alert_was_sent(
    monkeypatch, capsys, caplog
):
    import json

    with webhook() as (posted, hook):  # this process has no Airflow to keep a Variable, and MLflow is away
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps(hook))
        AlertNotifier("chat", after="failure")(context(task()))
    assert len(posted) == 1
    logged = capsys.readouterr()
    for problem in ("MLflow cannot keep the incident", "cannot be set"):
        assert problem in logged.out + logged.err + caplog.text
