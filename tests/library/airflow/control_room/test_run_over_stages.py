"""A run over the stages, and the reports of gates with their history."""

from __future__ import annotations

import json
import socket

import pytest
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session

from trimtab.airflow.control_room.dag_entries import read_entries
from trimtab.airflow.control_room.run_over_stages import read_gates, read_groups
from trimtab.airflow.operators.gate import REPORT, report_location
from trimtab.errors import RemoteError
from trimtab.gate_report import SCHEMA
from trimtab.pipeline.cache.cache import DvcCache

pytestmark = pytest.mark.usefixtures("airflow_database")
SECRET = "a salary of a person"


def put(task: str, run: str, key: str, value: object) -> None:
    with create_session() as session:
        XComModel.set(
            key=key, value=json.dumps(value), dag_id="training", run_id=run, task_id=task,
            serialize=False, session=session,
        )  # fmt: skip


@pytest.fixture
def stored(deployed, project, tmp_path):
    """Return a function that puts a report into the cache, and returns where it is."""

    def put_report(text: str) -> dict[str, object]:
        folder = tmp_path / f"report{len(text)}"
        folder.mkdir(exist_ok=True)
        (folder / "report.json").write_text(text)
        (folder / "report.html").write_text("page")
        from dvc.repo import Repo

        with Repo(str(deployed)) as repo:
            return report_location([{"path": "r", **DvcCache(repo).put(folder)}])

    return put_report


def read(run: str):
    with create_session() as session:
        entry = read_entries(session, {"training"})["training"]
        return read_groups(session, entry, run, "/airflow"), read_gates(session, entry, run, "/trimtab")


def test_reasons_come_from_the_plan_and_a_plan_that_somebody_wrote_is_no_error(client, deployed):
    run = f"r-{deployed.parent.name}"
    put("plan", run, "return_value", {"steps": [{"stage": "train", "state": "run", "reason": "r changed"}]})
    groups, _ = read(run)
    assert {each.stage: each.reason for group in groups for each in group.stages}["train"] == "r changed"
    for hostile in (None, 3, {"steps": 3}, {"steps": [{"stage": {}}]}):
        put("plan", run, "return_value", hostile)
        groups, _ = read(run)
        assert [each.reason for group in groups for each in group.stages] == ["", "", ""]


def test_report_of_a_gate_is_summarized_and_linked(client, deployed, stored):
    run = f"r-{deployed.parent.name}"
    check = {"name": "expect_x", "column": "fare", "passed": False}
    put("judge", run, REPORT, stored(json.dumps({"schema": SCHEMA, "verdict": "fail", "checks": [check]})))
    for _ in range(2):  # the second time from the cache
        (gate,) = read(run)[1]
        assert (gate.verdict, gate.href) == ("fail", f"/trimtab/reports/training/{run}/judge")
        assert gate.failures[0].check.column == "fare"


@pytest.mark.parametrize("text", [SECRET, '{"schema": "theirs", "problem": "a salary of a person"}'])
def test_content_of_the_cache_that_is_no_report_is_not_shown(client, deployed, stored, text):
    run = f"r-{deployed.parent.name}"
    put("judge", run, REPORT, stored(text))
    (gate,) = read(run)[1]
    assert gate.verdict == ""
    assert SECRET not in gate.model_dump_json()


@pytest.mark.slow  # several tries
def test_remote_that_is_away_is_an_error_and_no_gate_without_a_report(client, deployed):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (deployed / ".dvc" / "config").write_text(
        f"[core]\n    remote = away\n['remote \"away\"']\n    url = s3://dvc\n"
        f"    endpointurl = http://127.0.0.1:{port}\n    access_key_id = a\n    secret_access_key = b\n"
    )
    lost = report_location([{"path": "r", "md5": f"{'1' * 32}.dir"}])
    put("judge", f"r-{deployed.parent.name}", REPORT, lost)

    with pytest.raises(RemoteError, match="away"):
        read(f"r-{deployed.parent.name}")
