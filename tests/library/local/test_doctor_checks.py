"""The checks of a laptop: ports, and Airflow's REST API."""

from __future__ import annotations

import socket

import httpx
import pytest

from trimtab.local import doctor_checks
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.doctor_checks import check_airflow, check_ports
from trimtab.local.state_folder import StateFolder


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch):
    for name in ("HOME", "AIRFLOW_PORT", "MLFLOW_PORT", "AIRFLOW_URL"):
        monkeypatch.delenv(f"TRIMTAB_{name}", raising=False)


def test_free_ports_are_well(tmp_path):
    assert {each.status for each in check_ports(tmp_path)} == {"ok"}


def test_port_that_is_named_and_in_use_is_an_error(tmp_path, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("TRIMTAB_AIRFLOW_PORT", str(taken.getsockname()[1]))
        found = list(check_ports(tmp_path))
    assert [each.status for each in found] == ["error", "ok"]


def test_last_port_that_another_process_uses_is_a_warning(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with StateFolder(tmp_path) as state:
            state.save_ports({"airflow": taken.getsockname()[1], "mlflow": 0})
        found = list(check_ports(tmp_path))
    assert [each.status for each in found] == ["warning", "ok"]


def test_ports_of_running_servers_are_well(tmp_path):
    with StateFolder(tmp_path) as state:
        state.save_ports({"airflow": 4711, "mlflow": 4712})
        (found,) = check_ports(tmp_path)
    assert (found.status, found.seen) == ("ok", "`trimtab up` runs, on 4711, 4712")


def test_airflow_that_is_not_named_is_a_warning(tmp_path):
    assert [each.status for each in check_airflow(tmp_path)] == ["warning"]


def canned(monkeypatch, answers: dict[str, tuple[int, object]]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        status, content = answers[request.url.path.removeprefix("/api/v2")]
        return httpx.Response(status, json=content)

    api = AirflowApi("http://airflow")
    api._http = httpx.Client(base_url="http://airflow/api/v2", transport=httpx.MockTransport(answer))
    monkeypatch.setenv("TRIMTAB_AIRFLOW_URL", "http://airflow")
    monkeypatch.setattr(doctor_checks, "connect_to_airflow", lambda project: api)


def test_dead_scheduler_and_broken_dag_file_are_errors(tmp_path, monkeypatch):
    health = {"scheduler": {"status": "unhealthy"}, "triggerer": {"status": None}}
    errors = [{"filename": "dags/a.py", "stack_trace": "Traceback\nSyntaxError: no"}]
    canned(
        monkeypatch,
        {
            "/version": (200, {"version": "3.3.2"}),
            "/monitor/health": (200, health),
            "/importErrors": (200, {"import_errors": errors}),
        },
    )

    found = list(check_airflow(tmp_path))

    assert [each.status for each in found] == ["ok", "error", "error"]
    assert found[1].seen == "scheduler is unhealthy"
    assert found[2].seen == "dags/a.py cannot be imported: SyntaxError: no"


def test_user_without_rights_is_an_error(tmp_path, monkeypatch):
    canned(monkeypatch, {"/version": (200, {"version": "3.3.2"}), "/importErrors": (403, {})})
    assert [each.status for each in check_airflow(tmp_path)] == ["error"]
