"""What Airflow's answers say about a DAG; the end-to-end tests ask a real one."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from trimtab.errors import ServiceError
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.airflow_history import airflow_events

SINCE, UNTIL = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC)
ANSWERS = {
    "/api/v2/dags/training/dagRuns": {
        "dag_runs": [
            {
                "dag_run_id": "r1",
                "state": "failed",
                "start_date": "2026-11-28T02:58:30Z",
                "end_date": "2026-11-28T03:00:00Z",
            },
            {"dag_run_id": "r2", "state": "running", "start_date": "2026-11-28T04:00:00Z", "end_date": None},
            {"dag_run_id": "r3", "state": "queued", "start_date": None, "end_date": None},
        ]
    },
    "/api/v2/dags/training/dagVersions": {
        "dag_versions": [
            {"version_number": 1, "bundle_version": "a" * 40, "created_at": "2026-11-01T00:00:00Z"},
            {"version_number": 2, "bundle_version": "b" * 40, "created_at": "2026-11-28T01:00:00Z"},
        ]
    },
    "/api/v2/eventLogs": {
        "event_logs": [
            {
                "when": "2026-11-28T03:30:00Z",
                "event": "trigger_dag_run",
                "owner": "ada",
                "extra": '{"dag_run_id": "r2"}',
            },
            {"when": "2026-11-28T03:31:00Z", "event": "running", "owner": "airflow"},
            {"when": "2026-11-28T03:32:00Z", "event": "patch_dag", "owner": None, "extra": "no JSON"},
        ]
    },
}


def api(answers) -> AirflowApi:
    """A client of an Airflow that gives these answers."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = answers.get(request.url.path)
        return httpx.Response(200, json=found) if found is not None else httpx.Response(403, json={})

    client = AirflowApi("http://airflow")
    client._http = httpx.Client(base_url="http://airflow/api/v2", transport=httpx.MockTransport(answer))
    return client


def test_history_has_runs_deployments_and_actions_of_people_in_order():
    found = airflow_events(api(ANSWERS), "training", SINCE, UNTIL)
    assert [(event.kind, event.text, event.by) for event in found] == [
        ("deployment", "version 2 of the DAG, commit bbbbbbbbbbbb", ""),
        ("run", "run r1 started", ""),
        ("run", "run r1 ended: failed", ""),
        ("action", "triggered a run: r2", "ada"),
        ("action", "paused or unpaused the DAG", "unknown user"),
        ("run", "run r2 started", ""),
    ]
    assert found[1].at == "2026-11-28T02:58:30+00:00"


def test_user_without_the_right_to_the_audit_log_is_told_what_to_ask_for():
    answers = {path: each for path, each in ANSWERS.items() if path != "/api/v2/eventLogs"}
    with pytest.raises(ServiceError, match="audit log"):
        airflow_events(api(answers), "training", SINCE, UNTIL)


def test_answer_of_another_form_is_refused():
    with pytest.raises(ServiceError, match="not the expected one"):
        airflow_events(api({**ANSWERS, "/api/v2/eventLogs": {"rows": []}}), "training", SINCE, UNTIL)
