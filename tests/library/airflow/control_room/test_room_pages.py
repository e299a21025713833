"""Who may open which page of the plugin: Airflow's own access checks on Airflow's own database."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.routing import APIRoute

from tests.library.airflow.control_room.conftest import NOBODY
from tests.library.incidents.conftest import CAUSE, alert, empty_store, store  # noqa: F401  fixtures
from trimtab.airflow.control_room.room_pages import router
from trimtab.airflow.web_app import app
from trimtab.incidents import join_incident

pytestmark = pytest.mark.usefixtures("airflow_database")

RUN = "r-{run}"
VALUES = {"dag_id": "training", "run_id": "r", "task_id": "judge"}


def paths() -> dict[str, str]:
    """Each route of the plugin's app, with values for what its path names."""
    found = {}
    for route in app.routes:
        path = re.sub(r"{(\w+)}", lambda name: VALUES[name[1]], route.path)
        found[route.path] = f"{path}?model=rides&left=1&right=2" if path.endswith("/compare") else path
    return found


PATHS = paths()


def test_app_has_the_known_routes_and_they_only_read():
    assert set(PATHS) == {
        "/reports/{dag_id}/{run_id}/{task_id}",
        "/control-room",
        "/control-room/dags/{dag_id}",
        "/control-room/dags/{dag_id}/ledger",
        "/control-room/dags/{dag_id}/compare",
        "/control-room/dags/{dag_id}/pipeline",
        "/control-room/dags/{dag_id}/runs/{run_id}",
    }
    assert {method for route in app.routes for method in route.methods} == {"GET"}
    assert all(isinstance(route, APIRoute) for route in app.routes), "no docs, no static files"


@pytest.mark.parametrize("path", PATHS)
def test_no_route_answers_without_a_login(path, client, deployed):
    answer = client().get(PATHS[path])
    assert answer.status_code == 401
    assert "rides" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_user_without_a_right_to_the_dag_sees_nothing_of_it(path, client, deployed):
    answer = client(NOBODY).get(PATHS[path])
    assert answer.status_code == (200 if path == "/control-room" else 403)
    assert not re.search("rides|training|judge", answer.text)


@pytest.mark.parametrize("role", ["VIEWER", "OP"])
def test_viewer_and_operator_see_the_dag(role, client, deployed):
    for page in ("", "/pipeline", f"/runs/r-{deployed.parent.name}"):
        answer = client("somebody", role).get(f"/control-room/dags/training{page}")
        assert answer.status_code == 200, page
        assert answer.headers["cache-control"] == "private, no-store"
        assert "script-src 'sha256-" in answer.headers["content-security-policy"]
    assert "rides: The address of the MLflow server is not set" in client("somebody", role).get(
        "/control-room"
    ).text.replace("&#39;", "'")


def test_pipeline_page_has_each_stage_and_gate_of_the_dag(client, deployed):
    page = client("somebody").get("/control-room/dags/training/pipeline").text
    for stage in ("draw", "judge", "train"):
        assert f"/dags/training/runs/r-{deployed.parent.name}/tasks/{stage}" in page
    assert "There is no report yet" in page


def test_run_or_model_that_the_dag_does_not_have_is_not_found(client, deployed):
    viewer = client("somebody")
    assert viewer.get("/control-room/dags/training/runs/other").status_code == 404
    answer = viewer.get("/control-room/dags/training/compare?model=theirs&left=1&right=2")
    assert answer.status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999"])
def test_version_that_is_no_number_of_a_version_is_refused(number, client, deployed):
    query = f"model=rides&left={number}&right=1"
    assert client("somebody").get(f"/control-room/dags/training/compare?{query}").status_code == 422


def test_hostile_dag_id_shows_nothing_and_is_escaped(client, deployed):
    answer = client("somebody").get("/control-room/dags/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>alert" not in answer.text


def test_router_has_every_route_of_the_control_room():
    assert {route.path for route in router.routes} == {path for path in PATHS if "control-room" in path}


@pytest.fixture
def incidents(client, deployed, store):  # noqa: F811
    """Open incidents of a DAG that users may see, and of one that Airflow does not have."""
    hostile = "<script>alert(1)</script>"
    join_incident(replace(CAUSE, subject=f"judge {hostile}", task_id="judge"), alert(f"training/{hostile}"))
    join_incident(replace(CAUSE, dag_id="elsewhere", subject="secret"), alert())


def test_open_incident_is_to_do_for_who_may_see_its_dag(client, incidents):
    page = client("somebody").get("/control-room").text
    assert "sev2 training: gate failed: judge" in page
    assert "/dags/training/runs/%3Cscript%3E" in page, "it leads to the task that alerted"
    assert "<script>alert(1)" not in page
    assert "secret" not in page


def test_user_without_a_right_to_the_dag_sees_no_incident(client, incidents):
    page = client(NOBODY).get("/control-room").text
    assert "gate failed" not in page
