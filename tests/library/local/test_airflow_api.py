"""The client of Airflow's REST API, on a server of canned answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from trimtab.errors import ServiceError
from trimtab.local.airflow_api import AirflowApi, Run

TASKS = [
    {"task_id": "publish", "class_ref": {"class_name": "RegisterOperator"}, "downstream_task_ids": []},
    {"task_id": "train", "class_ref": {"class_name": "StageOperator"}, "downstream_task_ids": ["publish"]},
]
LOG = [
    {"event": "::group::setup"},
    {"event": "starts", "level": "info"},
    {"event": "it fails", "error_detail": [{"exc_type": "ValueError", "exc_value": "no rows"}]},
]
INSTANCES = [{"task_id": "train", "state": "failed"}, {"task_id": "publish", "state": "upstream_failed"}]


@pytest.fixture
def api() -> AirflowApi:
    answers: dict[str, Any] = {
        "/api/v2/dags/nightly/tasks": {"tasks": TASKS},
        "/api/v2/dags/nightly/dagRuns/r": {"state": "failed"},
        "/api/v2/dags/nightly/dagRuns/r/taskInstances/train": {"try_number": 2},
        "/api/v2/dags/nightly/dagRuns/r/taskInstances/train/logs/2": {"content": LOG},
        "/api/v2/dags/other/dagRuns/r": {"dag_run_id": "r"},
        "/api/v2/dags/nightly/details": {
            "start_date": None,
            "end_date": None,
            "timetable_description": "At 00:00, from 2013-06-01",
        },
        "/api/v2/dags/plain/details": {
            "start_date": "2013-06-01T00:00:00Z",
            "end_date": None,
            "timetable_description": None,
        },
        "/api/v2/backfills/dry_run": {
            "backfills": [{"logical_date": f"2013-0{month}-01T00:00:00Z"} for month in (7, 6)],
            "total_entries": 2,
        },
        "/api/v2/importErrors": {"import_errors": [{"filename": "dags/x.py", "stack_trace": "SyntaxError"}]},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/taskInstances"):
            offset = int(request.url.params["offset"])
            page = {"task_instances": INSTANCES[offset : offset + 1], "total_entries": len(INSTANCES)}
            return httpx.Response(200, json=page)
        found = answers.get(request.url.path)
        return httpx.Response(200, json=found) if found else httpx.Response(404, text="no such thing")

    api = AirflowApi("http://a")
    api._http = httpx.Client(base_url="http://a/api/v2", transport=httpx.MockTransport(answer))
    return api


def test_task_with_an_operator_is_found_by_the_class_name(api: AirflowApi) -> None:
    assert api.task_with("nightly", "RegisterOperator") == "publish"


def test_task_with_an_operator_that_the_dag_lacks_is_refused(api: AirflowApi) -> None:
    with pytest.raises(ServiceError, match="The DAG has no task with PromoteOperator: nightly"):
        api.task_with("nightly", "PromoteOperator")


@pytest.mark.parametrize("dag", ["nightly", "plain"])
def test_dates_of_a_dag_are_its_own_or_the_bounds_of_its_timetable(api: AirflowApi, dag: str) -> None:
    assert api.dates(dag) == (datetime(2013, 6, 1, tzinfo=UTC), None)


def test_scheduled_dates_are_those_of_the_timetable_in_order(api: AirflowApi) -> None:
    first, last = (datetime(2013, month, 1, tzinfo=UTC) for month in (6, 7))
    assert api.scheduled_dates("nightly", first, last) == [first, last]


def test_run_has_the_tasks_of_all_pages_with_upstream_tasks_first(api: AirflowApi) -> None:
    run = api.run("nightly", "r")
    assert list(run.tasks.items()) == [("train", "failed"), ("publish", "upstream_failed")]
    assert run.failed_tasks == ["train"]


def test_wait_for_dag_with_an_import_error_is_refused_with_the_file(api: AirflowApi) -> None:
    with pytest.raises(ServiceError, match="A DAG file cannot be imported") as refused:
        api.wait_for_dag("absent")
    assert (refused.value.where, refused.value.fix) == ("dags/x.py", "SyntaxError")


def test_server_that_does_not_answer_is_an_error_without_its_password() -> None:
    api = AirflowApi("http://vera:secret@127.0.0.1:9")
    with pytest.raises(ServiceError, match="Airflow does not answer") as refused:
        api.dag_run("nightly", "r")
    assert "secret" not in str(refused.value)


def test_refused_request_raises_with_status_and_address(api: AirflowApi) -> None:
    with pytest.raises(ServiceError, match="Airflow refused the request: 404 no such thing") as refused:
        api.trigger("absent", "r")
    assert refused.value.where == "POST http://a/api/v2/dags/absent/dagRuns"


def test_xcom_of_a_task_that_returned_nothing_is_none(api: AirflowApi) -> None:
    assert api.xcom(Run("nightly", "r", "success", {}), "train") is None


def test_answer_without_an_expected_field_is_refused_with_the_field_and_the_address(api: AirflowApi) -> None:
    with pytest.raises(
        ServiceError, match=r"Airflow's answer is not the expected one: [\s\S]*state"
    ) as refused:
        api.run("other", "r")
    assert refused.value.where == "GET http://a/api/v2/dags/other/dagRuns/r"


def test_log_has_the_messages_and_the_errors_of_the_last_try(api: AirflowApi) -> None:
    run = Run("nightly", "r", "failed", {"train": "failed"})
    assert api.log(run, "train").splitlines() == ["starts", "it fails", "ValueError: no rows"]


def test_wait_for_dag_ignores_the_import_error_of_a_file_that_does_not_hold_it(api: AirflowApi) -> None:
    with pytest.raises(ServiceError, match="Airflow has no DAG 'absent'"):
        api.wait_for_dag("absent", timeout=-1, may_hold_it=lambda file: file != "dags/x.py")
