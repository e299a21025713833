"""Which content of DVC's cache the api-server serves as a gate's report, whoever has written the XCom.

`tests/library/e2e` asks the real api-server; here it is the plugin's app on Airflow's own database and access
checks.
"""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from airflow.api_fastapi.app import _AuthManagerState
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.sdk import DAG, BaseOperator
from fastapi.testclient import TestClient

from tests.library.airflow.links.conftest import deploy, keep
from trimtab.airflow import DvcDag
from trimtab.airflow.links.report_pages import stored_report
from trimtab.airflow.operators.gate import report_location
from trimtab.airflow.web_app import app
from trimtab.gate_report import SCHEMA
from trimtab.pipeline.cache.cache import DvcCache
from trimtab.pipeline.lock.content import is_folder

pytestmark = pytest.mark.usefixtures("airflow_database")

SECRET = "a salary of a person"
OURS = json.dumps({"schema": SCHEMA, "verdict": "pass"})
GATE = "stages: {judge: {cmd: 'true', outs: [r], meta: {trimtab: {gate: data}}}}\n"
CACHE = {
    "report": {"report.json": OURS, "report.html": "<h1>page</h1>"},
    "data.csv": SECRET,
    "model": {"model.skops": SECRET},
    "paged": {"report.html": SECRET},
    "foreign": {"report.json": '{"schema": "theirs"}', "report.html": SECRET},
    "torn": {"report.json": SECRET, "report.html": SECRET},
    "nested": {"deep/report.json": OURS, "deep/report.html": SECRET},
}


class PerDag(SimpleAuthManager):
    """Somebody may see a DAG of his name."""

    def is_authorized_dag(self, *, method, user, access_entity=None, details=None):
        return details is not None and details.id == user.username


@pytest.fixture
def client(monkeypatch):
    """Return a client with the rights of a user."""
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "a secret of the tests" * 4)
    monkeypatch.setattr(_AuthManagerState, "instance", manager := PerDag())

    def as_user(name: str) -> TestClient:
        token = manager.generate_jwt(SimpleAuthManagerUser(username=name, role="VIEWER"))
        return TestClient(app, headers={"Authorization": f"Bearer {token}"})

    return as_user


@pytest.fixture
def made(project):
    """Make a project with a gate, and return it with the contents of its cache, by name."""

    def make(folder: str, page: str = "page", below: str = "."):
        checkout = project({"dvc.yaml": GATE}, folder=folder, below=below)
        kept = checkout.root.parent / f"{folder}-files"
        with checkout.dvc() as repo:
            store, named = DvcCache(repo), {}
            for name, files in CACHE.items():
                for path, text in (files if isinstance(files, dict) else {".": files}).items():
                    file = kept / name / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(text.replace("page", page))
                named[name] = {"path": "r", **store.put(kept / name)}
        return checkout, named

    return make


@pytest.fixture
def mine(made):
    """The contents of the cache of a project that is deployed."""
    checkout, named = made("mine")
    deploy(DvcDag("mine", project=checkout.root), checkout.root)
    return checkout.root, named


def test_report_of_a_gate_is_served_to_users_who_may_read_the_dag(mine, client):
    root, named = mine
    path = keep("mine", root, report_location([named["data.csv"], named["report"]]))

    served = client("mine").get(path)
    assert (served.status_code, served.text) == (200, "<h1>page</h1>")
    assert served.headers["content-type"] == "text/html; charset=utf-8"
    assert "sandbox" in served.headers["content-security-policy"]
    assert client("another").get(path).status_code == 403
    assert client("another").get(path, params={"dag_id": "another"}).status_code == 403
    assert TestClient(app).get(path).status_code == 401


def test_content_that_is_no_report_is_not_served(mine, client):
    root, named = mine
    listing = json.loads((root / ".dvc/cache/files/md5" / split(named["report"]["md5"])).read_text())
    report = next(file["md5"] for file in listing if file["relpath"] == "report.json")
    ours, data = {"path": "r/report.json", "hash": "md5", "md5": report}, named["data.csv"]
    hostile = [
        *([content] for name, content in named.items() if name != "report"),
        *([{**content, "path": "r/report.html"}] for content in named.values() if not is_folder(content)),
        [ours, {**data, "path": "r/report.html"}],
        [ours, named["paged"]],
        [{**data, "path": "r/report.json"}, {**data, "path": "r/report.html"}],
        [{"path": "r", "hash": "md5", "md5": "../../../../../etc/passwd"}],
        [{"path": "r", "hash": "md5", "md5": "0" * 32 + ".dir"}],
        [{"path": "r", "md5": named["report"]["md5"].removesuffix(".dir")}],
    ]
    for outs in hostile:
        answer = client("mine").get(keep("mine", root, {"project": "..", "outs": outs}))
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json"), outs
        assert SECRET not in answer.text


def split(md5: str) -> str:
    return f"{md5[:2]}/{md5[2:]}"


@pytest.mark.parametrize("projects", [True, False], ids=["TRIMTAB_PROJECTS", "fileloc"])
def test_report_of_another_project_is_not_served(mine, client, made, monkeypatch, projects):
    root, named = mine
    other, others = made("other", page="not yours")
    if projects:
        monkeypatch.setenv("TRIMTAB_PROJECTS", str(root.parent))
    for name in ("other", "../mine/../other", str(other.root)):
        answer = client("mine").get(keep("mine", root, {"project": name, "outs": [others["report"]]}))
        assert answer.status_code == 404
        assert "not yours" not in answer.text
    path = keep("mine", root, {"project": "other", "outs": [named["report"]]})
    assert client("mine").get(path).text == "<h1>page</h1>", "the project is the DAG's"


@pytest.mark.parametrize("projects", [True, False], ids=["TRIMTAB_PROJECTS", "fileloc"])
def test_report_of_a_pipeline_beside_the_dags_is_served(made, client, monkeypatch, projects):
    checkout, named = made("repository", below="pipelines/stops")
    repository = checkout.root.parents[1]
    if projects:
        monkeypatch.setenv("TRIMTAB_PROJECTS", str(repository / "pipelines"))
    deploy(DvcDag("stops", project=checkout.root), repository)
    path = keep("stops", repository, report_location([named["report"]]))
    assert client("stops").get(path).text == "<h1>page</h1>"


def test_task_that_is_no_gate_has_no_report(mine, client):
    root, named = mine
    with DAG("plain") as dag:
        BaseOperator(task_id="judge")
    deploy(dag, root)
    for name, task in (("plain", "judge"), ("mine", "plan")):
        assert client(name).get(keep(name, root, report_location([named["report"]]), task)).status_code == 404


def test_report_is_not_served_where_the_dag_file_is_in_another_project(mine, client, made):
    root, named = mine
    other, _ = made("other")
    deploy(DvcDag("strange", project=other.root), root)
    answer = client("strange").get(keep("strange", root, report_location([named["report"]])))
    assert answer.status_code == 404
    assert "TRIMTAB_PROJECTS" in answer.text


FINE = {"outs": [{"path": "r", "hash": "md5", "md5": "0" * 32 + ".dir", "size": 3, "nfiles": 1}]}


class Session:
    """A database with one XCom."""

    def __init__(self, value):
        self.found = SimpleNamespace(value=value)

    def scalars(self, query):
        return SimpleNamespace(first=lambda: self.found)


@pytest.mark.parametrize(
    "value",
    [None, 5, "x", "{", [], {}, {"project": "p"}, {"outs": "x"}]
    + [{"outs": [out]} for out in (7, None, {}, {"path": 3}, {"path": "x", "md5": {"a": 1}})],
    ids=str,
)
def test_malformed_xcom_is_no_report(value):
    assert stored_report(Session(value), "d", "r", "t") is None


def test_stored_report_has_only_the_keys_of_its_location():
    kept = stored_report(Session(FINE), "d", "r", "t")
    assert kept == [{"path": "r", "hash": "md5", "md5": "0" * 32 + ".dir", "size": 3}]


def test_report_is_shown_with_the_run_that_it_is_shown_for(made, client, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://airflow")
    checkout, named = made("framed", page="<!-- run -->")
    deploy(DvcDag("framed", project=checkout.root), checkout.root)
    path = keep("framed", checkout.root, report_location([named["report"]]))

    page = client("framed").get(path).text

    assert f'<a href="http://airflow/dags/framed/runs/r-{checkout.root.parent.name}' in page
    assert "/tasks/judge" in page
    assert "<script" not in page
