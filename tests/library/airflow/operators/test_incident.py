"""The task that answers an incident, on a real MLflow store."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from tests.library.incidents.conftest import *  # noqa: F403  fixtures
from tests.library.incidents.conftest import CAUSE, alert, passed
from trimtab.airflow import IncidentOperator
from trimtab.errors import RegistryOutageError
from trimtab.incidents import join_incident, read_incident, record_pass


@pytest.fixture
def answer(project):
    """Run the task with these params."""
    with DAG("incident"):
        task = IncidentOperator(task_id="respond", project=project().root)

    def run(action: str, text: str | None = "", name: str = CAUSE.key):
        context = {
            "dag_run": SimpleNamespace(triggering_user_name="ada"),
            "params": {"incident": name, "action": action, "text": text},
            "run_id": "r",
        }
        return task.execute(context)

    return run


def test_note_and_lead_are_recorded_with_the_user_who_triggered_the_run(store, answer):
    join_incident(CAUSE, alert())
    answer("note", "the supplier was called")
    answer("take the lead", None)
    found = read_incident(CAUSE.key)
    assert found.events[1].by == found.roles["lead"] == "ada in incident/r"


def test_resolution_without_a_proof_fails_at_once_and_by_override_keeps_the_reason(store, answer):
    join_incident(CAUSE, alert())
    with pytest.raises(AirflowFailException, match="have not passed"):
        answer("resolve")
    with pytest.raises(AirflowFailException, match="The reason has 0 characters"):
        answer("resolve by override")
    assert answer("resolve by override", "the table is retired")["state"] == "resolved"


def test_resolution_after_the_checks_have_passed_succeeds(store, answer):
    join_incident(CAUSE, alert())
    record_pass("training", "validate_raw", passed(), {"between of b", "not_null of a"})
    assert answer("resolve")["state"] == "resolved"


def test_mlflow_that_is_away_is_retried(answer, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(RegistryOutageError):
        answer("note", "x")


def test_action_that_does_not_exist_fails_and_resolves_nothing(store, answer):
    join_incident(CAUSE, alert())
    with pytest.raises(AirflowFailException, match="The action is none of"):
        answer("close")
    assert read_incident(CAUSE.key).state == "open"
