"""The doctor's checks in an Airflow task, of an Airflow of canned answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from trimtab.doctor import Finding
from trimtab.errors import ServiceError
from trimtab.local import worker_checkup
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.worker_checkup import examine_worker

FOUND = [Finding("disk", "error", "full", "free space")]
TASKS = [{"task_id": "examine", "class_ref": {"class_name": "DoctorOperator"}, "downstream_task_ids": []}]


@pytest.fixture
def airflow(monkeypatch) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "state": "failed",
        "findings": [each.to_dict() for each in FOUND],
        "log": [{"event": "No module named trimtab"}],
        "triggered": [],
    }

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v2/dags/doctor")
        if request.method in ("POST", "PATCH"):
            settings["triggered"].append((request.method, path))
            return httpx.Response(200, json={})
        if path.endswith("/tasks"):
            return httpx.Response(200, json={"tasks": TASKS})
        if path.endswith("/xcomEntries/findings"):
            found = settings["findings"]
            return httpx.Response(200, json={"value": found}) if found else httpx.Response(404)
        if path.endswith("/taskInstances"):
            rows = [{"task_id": "examine", "state": settings["state"]}]
            return httpx.Response(200, json={"task_instances": rows, "total_entries": 1})
        if "/logs/" in path:
            return httpx.Response(200, json={"content": settings["log"]})
        return httpx.Response(200, json={"state": settings["state"], "try_number": 1})

    api = AirflowApi("http://airflow")
    api._http = httpx.Client(base_url="http://airflow/api/v2", transport=httpx.MockTransport(answer))
    monkeypatch.setattr(worker_checkup, "connect_to_airflow", lambda project: api)
    return settings


def test_findings_of_the_task_are_returned_even_if_it_failed(airflow, tmp_path):
    assert examine_worker(tmp_path, "doctor", timeout=5) == FOUND
    assert ("POST", "/dagRuns") in airflow["triggered"]


def test_task_that_no_worker_takes_is_an_error(airflow, tmp_path):
    airflow["state"] = "queued"
    with pytest.raises(ServiceError, match=r"still queued after 1 s.*\n.*\n.*whether a worker takes"):
        examine_worker(tmp_path, "doctor", timeout=1)


def test_task_that_failed_before_any_check_is_an_error_with_its_log(airflow, tmp_path):
    airflow["findings"] = None
    with pytest.raises(ServiceError, match="No module named trimtab"):
        examine_worker(tmp_path, "doctor", timeout=5)
