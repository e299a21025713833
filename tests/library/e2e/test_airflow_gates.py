"""Gates in the real Airflow: what is tried again, what is told, and the report on the task's page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.library.e2e.small import GATES, Told
from tests.library.e2e.world import World, guarded, until
from trimtab.errors import StageError
from trimtab.local.airflow_api import Run
from trimtab.pipeline.execution.local_run import run
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.selection import select

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("tasks")]

GO_ON = ["passes", "warns"]
DECIDED = ["passes", "warns", "fails", "misdeclared"]


def task(gate: str, stage: str = "judge") -> str:
    return f"gates.dvc.yaml.{stage}.{gate}"


@pytest.fixture(scope="module")
def viewer(small: World) -> Iterator[httpx.Client]:
    """Somebody who may look, at an api-server that has a DVC config of its own."""
    config = small.home.server_state / "projects" / "small" / ".dvc" / "config"
    config.parent.mkdir(parents=True)
    config.write_text(f"[core]\n    no_scm = true\n[cache]\n    dir = {small.project}/.dvc/cache\n")
    with guarded(small, "viewer", TRIMTAB_PROJECTS=str(config.parents[2])) as client:
        yield client


@pytest.fixture(scope="module")
def judged(small: World, viewer: httpx.Client, told: Told) -> Run:
    """A run of gates of every outcome."""
    del told.box.mails[:], told.posted[:]
    return small.run("gates", "first")


def report(world: World, run_id: str, gate: str, *, dag: str = "gates") -> httpx.Response:
    """Open what the button leads to."""
    links = world.get(f"/dags/{dag}/dagRuns/{run_id}/taskInstances/{task(gate)}/links")["extra_links"]
    return httpx.get(links["Report"], timeout=60)


def test_a_verdict_is_not_tried_again_and_a_broken_gate_is(small: World, judged: Run) -> None:
    states = {gate: judged.tasks[task(gate)] for gate in GATES}
    assert states == {gate: "success" if gate in GO_ON else "failed" for gate in GATES}
    path = "/dags/gates/dagRuns/first/taskInstances"
    tries = {gate: small.get(f"{path}/{task(gate)}")["try_number"] for gate in GATES}
    assert tries == {gate: 1 if gate in DECIDED else 2 for gate in GATES}


def test_the_engine_dvc_and_the_dag_agree_on_what_goes_on(small: World, judged: Run, tmp_path: Path) -> None:
    in_airflow = {gate for gate in GATES if judged.tasks[task(gate, "after")] == "success"}
    assert {judged.tasks[task(gate, "after")] for gate in set(GATES) - in_airflow} == {"upstream_failed"}
    assert judged.tasks["record"] == "upstream_failed"

    by_dvc, by_engine = tmp_path / "dvc", tmp_path / "engine"
    for folder in (by_dvc, by_engine):
        shutil.copytree(small.project, folder, ignore=shutil.ignore_patterns(".trimtab", "cache", "tmp"))
    dvc = [Path(sys.executable).parent / "dvc", "repro", "--keep-going", "gates/dvc.yaml"]
    done = subprocess.run(dvc, cwd=by_dvc, capture_output=True, env={**os.environ, "DVC_NO_ANALYTICS": "1"})
    assert done.returncode
    graph = Project(by_engine).graph()
    for gate in GATES:
        chain = select(graph, [f"gates/dvc.yaml:after@{gate}"])
        if gate in GO_ON:
            run(by_engine, chain, listener=Silent())
        else:
            with pytest.raises(StageError):
                run(by_engine, chain, listener=Silent())
    made = [
        {gate for gate in GATES if (folder / "gates" / f"after-{gate}.out").exists()}
        for folder in (by_dvc, by_engine)
    ]
    assert [in_airflow, *made] == [set(GO_ON)] * 3


class Silent:
    """Listens to a run and says nothing."""

    def started(self, *args: object) -> None: ...

    def line(self, *args: object) -> None: ...

    def ended(self, *args: object) -> None: ...


def test_each_gate_that_does_not_pass_is_told_once_to_each_receiver(judged: Run, told: Told) -> None:
    words, error = {"warns": "warns", "fails": "has failed"}, "has an error: it could not decide"
    titles = [
        f"gates: model gate 'gates/dvc.yaml:judge@{gate}' {words.get(gate, error)}"
        for gate in GATES
        if gate != "passes"
    ]
    until(lambda: len(told.posted) >= len(titles) and len(told.box.mails) >= len(titles))
    assert Counter(message["text"].splitlines()[0] for message in told.posted) == Counter(titles)
    assert Counter(mail["subject"] for mail in told.box.mails) == Counter(titles)


def test_an_alert_says_what_failed_since_when_what_it_blocks_and_what_to_try(
    small: World, judged: Run, told: Told
) -> None:
    (text,) = [
        message["text"] for message in told.posted if "'gates/dvc.yaml:judge@fails'" in message["text"]
    ]
    assert "1 of 2 checks failed" in text
    assert "critical: auc (min 0.6); observed 0.5" in text
    assert "See the curve." in text
    assert "since: 20" in text
    assert "last passed: not yet" in text
    assert f"blocks: {task('fails', 'after')}, record" in text
    assert "dvc repro gates/dvc.yaml:judge@fails" in text
    assert f"{small.stack.airflow_url}/trimtab/reports/gates/first/{task('fails')}" in text
    assert "docs/alerts.md#gate-failed" in text
    (killed,) = [message["text"] for message in told.posted if "judge@killed" in message["text"]]
    assert "says nothing about the data" in killed
    assert "(SIGKILL)" in killed


def test_the_address_of_the_webhook_is_in_no_log(small: World, judged: Run) -> None:
    log = small.airflow.log(judged, task("fails"), lines=1000)
    assert "Alert sent through the connection 'chat'" in log
    assert "secret-token" not in log


@pytest.mark.parametrize("gate", ["passes", "warns", "fails", "errs"])
def test_the_button_leads_to_the_report(small: World, judged: Run, gate: str) -> None:
    page = report(small, "first", gate)
    assert page.status_code == 200
    assert page.text.startswith(f"<h1>{gate}: ")
    assert "sandbox" in page.headers["content-security-policy"], "what a stage wrote runs no script"


def test_a_gate_that_left_no_report_has_no_button(small: World, judged: Run) -> None:
    path = f"/dags/gates/dagRuns/first/taskInstances/{task('killed')}/links"
    assert not small.get(path)["extra_links"]["Report"]


def test_a_skipped_gate_shows_the_report_that_still_holds_and_tells_nobody(
    small: World, judged: Run, told: Told
) -> None:
    before = len(told.posted)
    again = small.run("verdicts", "again")
    assert (again.tasks[task("warns")], again.tasks[task("fails")]) == ("skipped", "failed")
    assert report(small, "again", "warns", dag="verdicts").text == "<h1>warns: warn</h1>\n"
    until(lambda: len(told.posted) > before)
    (fails,) = [message["text"] for message in told.posted[before:]]
    assert "judge@fails" in fails
    assert "run first; last passed: not yet" in fails, "it fails since the first run"


def test_reports_are_for_who_may_read_the_tasks_log(small: World, judged: Run, viewer: httpx.Client) -> None:
    path = f"/trimtab/reports/gates/first/{task('fails')}"
    assert viewer.get(path).text.startswith("<h1>fails")
    assert viewer.get(path, headers={"Authorization": "Bearer of.some.token"}).status_code == 403
    assert httpx.get(f"{viewer.base_url}{path}").status_code == 401


@pytest.mark.parametrize(
    "path",
    ["gates/first/..%2f..%2fetc%2fpasswd", "gates/..%2f..%2f/x", "nothing/first/x", "gates/first/record"],
)
def test_nothing_but_reports_is_served(small: World, judged: Run, path: str) -> None:
    assert httpx.get(f"{small.stack.airflow_url}/trimtab/reports/{path}").status_code == 404


@pytest.mark.parametrize(
    "value", [5, {"project": "small", "outs": [{"path": "x", "md5": {"a": 1}}]}], ids=str
)
def test_malformed_report_of_a_task_is_none_and_no_server_error(
    small: World, judged: Run, value: object
) -> None:
    gate = task("unstarted")
    path = f"/dags/gates/dagRuns/first/taskInstances/{gate}"
    httpx.delete(f"{small.stack.airflow_url}/api/v2{path}/xcomEntries/report", timeout=60)  # the one before
    small.post(f"{path}/xcomEntries", key="report", value=value)
    page = f"{small.stack.airflow_url}/trimtab/reports/gates/first/{gate}"
    assert httpx.get(page, timeout=60).status_code == 404
    assert not small.get(f"{path}/links")["extra_links"]["Report"]


def test_a_hash_that_is_none_reads_no_file_and_removes_none(small: World, judged: Run) -> None:
    """DVC's cache would join it to a path, find that the file is not what its name says, and remove it."""
    victim = small.home.path / "report.html"
    victim.write_text("not yours")
    cache = small.project / ".dvc" / "cache" / "files" / "md5"
    md5 = f"..{'/..' * len(cache.parts)}{victim}"
    outs = [{"path": "x/report.html", "hash": "md5", "md5": md5, "size": 9}]
    path = f"/dags/gates/dagRuns/first/taskInstances/{task('killed')}/xcomEntries"
    small.post(path, key="report", value={"project": "small", "outs": outs})
    page = report(small, "first", "killed")
    assert page.status_code == 404
    assert "not a hash of DVC's" in page.json()["detail"]
    assert victim.read_text() == "not yours"
