"""Hosts that share only a git repository and a DVC remote."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.library.hosts import Host, HostError, host, run_on

if TYPE_CHECKING:
    from tests.library.conftest import Checkout
    from tests.library.seaweed import S3

# Params only; a folder with a folder and an executable in it, of a source and a file of git; a metric and a
# folder that git keeps; and what reads all of them.
PIPELINE = {
    ".gitignore": "/raw.csv\n/rows.txt\n/parts\n/report\n",
    "params.yaml": "draw: {rows: 3}\njudge: {limit: 0.5}\n",
    "note.txt": "a note\n",
    "dvc.yaml": """\
stages:
  draw:
    cmd: grep rows params.yaml > rows.txt
    params: [draw.rows]
    outs: [rows.txt]
  split:
    cmd: mkdir -p parts/deep && cat rows.txt rows.txt > parts/a.txt &&
      cat raw.csv note.txt > parts/deep/b.txt && echo 'echo hi' > parts/run.sh && chmod +x parts/run.sh
    deps: [rows.txt, raw.csv, note.txt]
    outs: [parts]
  count:
    cmd: printf '{"bytes":%d}' $(cat parts/a.txt parts/deep/b.txt | wc -c) > metrics.json
    deps: [parts]
    metrics: [metrics.json: {cache: false}]
  write:
    cmd: mkdir notes && cp parts/deep/b.txt notes/note.txt
    deps: [parts/deep]
    outs: [notes: {cache: false}]
  judge:
    cmd: mkdir report && cat metrics.json notes/note.txt parts/a.txt > report/report.txt && sh parts/run.sh
    deps: [metrics.json, notes, parts]
    params: [judge.limit]
    outs: [report]
""",
}
ALL = ["draw", "split", "count", "write", "judge"]


@dataclass(frozen=True)
class Shared:
    """A remote."""

    url: str
    settings: str
    env: dict[str, str]
    server: S3 | None = None


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def shared(request, tmp_path) -> Shared:
    """A remote: a folder, or a bucket of a real S3 server."""
    if request.param == "folder":
        url, more, env, server = str(tmp_path / "remote"), "", {}, None
    else:
        server = request.getfixturevalue("s3")
        url, env = f"{server.bucket}/{uuid4().hex}", server.credentials
        more = f"    endpointurl = {server.endpoint}\n"
    settings = f"[core]\n    remote = shared\n['remote \"shared\"']\n    url = {url}\n{more}"
    return Shared(url, settings, env, server)


@pytest.fixture
def origin(project, shared, monkeypatch) -> Checkout:
    """The project that all hosts clone. Its source data is in the remote and in no cache."""
    for name, value in shared.env.items():
        monkeypatch.setenv(name, value)
    checkout = project(PIPELINE, folder="origin")
    checkout.write({".dvc/config.local": shared.settings, "raw.csv": "a,b\n1,2\n"})
    with checkout.dvc() as repo:
        repo.add("raw.csv")
        repo.push()
    checkout.commit("Source")
    shutil.rmtree(checkout.root / ".dvc" / "cache")
    return checkout


@pytest.fixture
def start(origin, shared, tmp_path) -> Iterator[Callable[[str], Host]]:
    """Start hosts by their names."""
    with contextlib.ExitStack() as stack:
        yield lambda name: stack.enter_context(host(name, origin, tmp_path, shared.settings, shared.env))


def expected_lock(origin: Checkout, folder: Path, edit: tuple[str, str] | None = None) -> str:
    """Return the dvc.lock that `dvc repro` writes in a copy with its own cache."""
    copy = origin.copy(folder)
    if edit:
        copy.edit("params.yaml", *edit)
    with copy.dvc() as repo:
        repo.pull("raw.csv")
    copy.repro()
    return copy.lock()


def objects(machine: Host) -> set[str]:
    cache = machine.checkout.root / ".dvc" / "cache" / "files" / "md5"
    return {"".join(path.parts[-2:]) for path in cache.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_run_on_two_hosts_writes_the_dvc_lock_of_dvc_repro(start, origin, tmp_path) -> None:
    one, two = start("one"), start("two")
    run = run_on([one, two], {"draw.rows": 5}, push_to="origin")
    lock = two.checkout.show(run.record["commit"], "dvc.lock")
    assert lock == expected_lock(origin, tmp_path / "alone", ("rows: 3", "rows: 5"))
    assert run.ran == {"draw": "two", "split": "one", "count": "two", "write": "one", "judge": "two"}

    third = start("third")
    ref = origin.git("for-each-ref", "--format=%(refname)", "refs/exps")
    third.command("git", "fetch", "--quiet", "origin", ref)
    third.command("git", "checkout", "--quiet", "FETCH_HEAD")
    third.command("dvc", "pull")
    assert "up to date" in third.command("dvc", "repro")

    one.command("git", "fetch", "--quiet", "origin", "refs/exps/*:refs/exps/*")
    folder = tmp_path / "again"
    one.command("trimtab", "checkout", "dag-run", str(folder))
    assert (folder / "report" / "report.txt").read_text().startswith('{"bytes":')
    assert (
        "up to date"
        in subprocess.run(
            ["dvc", "repro"], cwd=folder, env=dict(one.env), capture_output=True, text=True, check=True
        ).stdout
    )


def test_record_has_the_same_commit_on_a_host_that_did_not_create_it(start) -> None:
    one, two = start("one"), start("two")
    record = run_on([two, one], {"draw.rows": 5}).record
    with pytest.raises(subprocess.CalledProcessError):
        two.checkout.show(record["commit"], "dvc.lock")
    two.ask("ensure_record", record=record)
    for path in ("dvc.lock", "metrics.json", "notes/note.txt", "params.yaml"):
        assert two.checkout.show(record["commit"], path) == one.checkout.show(record["commit"], path)
    assert "dag-run" in two.command("dvc", "exp", "list", "--all-commits")


@pytest.mark.slow
def test_outputs_of_a_record_are_checked_out_on_a_host_that_made_none_of_them(start) -> None:
    one, two = start("one"), start("two")
    record = run_on([one]).record
    two.ask("ensure_record", record=record)
    for path in ("report/report.txt", "parts/deep/b.txt", "raw.csv", "metrics.json"):
        assert two.ask("output", commit=record["commit"], path=path)


@pytest.mark.slow
def test_record_exists_after_several_tasks_of_a_host_created_it_at_once(start) -> None:
    one, two = start("one"), start("two")
    record = run_on([one]).record
    code = "import json, sys, pathlib; from trimtab.pipeline.record.record import Record, ensure_record; "
    code += "ensure_record(pathlib.Path.cwd(), Record.from_dict(json.loads(sys.argv[1])))"
    command = [sys.executable, "-c", code, json.dumps(record)]
    tasks = [subprocess.Popen(command, cwd=two.checkout.root, env=dict(two.env)) for _ in range(4)]
    assert [task.wait() for task in tasks] == [0, 0, 0, 0]
    assert two.checkout.show(record["commit"], "dvc.lock") == one.checkout.show(record["commit"], "dvc.lock")


@pytest.mark.slow
def test_record_whose_files_are_in_no_remote_is_refused(start) -> None:
    one, two = start("one"), start("two")
    record = run_on([one]).record
    with pytest.raises(HostError, match="give the project a DVC remote"):
        two.ask("ensure_record", record={**record, "files": {}})


@pytest.mark.slow
def test_stage_with_outputs_in_the_remote_only_is_unchanged_and_downloads_nothing(start) -> None:
    one, two = start("one"), start("two")
    run = run_on([one], name="first")
    two.command("git", "fetch", "--quiet", str(one.checkout.root), run.record["commit"])
    two.command("git", "checkout", "--quiet", "--detach", run.record["commit"])
    again = run_on([two], name="second")
    assert {step["stage"]: step["state"] for step in again.plan["steps"]} == dict.fromkeys(ALL, "unchanged")
    assert again.record["lock_sha256"] == run.record["lock_sha256"]
    made = {out["md5"] for name in ("draw", "judge") for out in run.entries[name]["outs"]}
    assert {oid for oid in objects(two) & made if not oid.endswith(".dir")} == set()


@pytest.mark.slow
def test_metric_that_git_keeps_is_available_on_every_host(start) -> None:
    one = start("one")
    run = run_on([one], name="first")
    commit = run.record["commit"]
    two, three = start("two"), start("three")
    for machine in (two, three):
        machine.command("git", "fetch", "--quiet", str(one.checkout.root), commit)
        machine.command("git", "checkout", "--quiet", "--detach", commit)
    again = run_on([two, three], {"judge.limit": 0.7}, name="second")
    assert again.ran == {"judge": "three"}


@pytest.mark.slow
def test_stage_with_outputs_in_neither_cache_nor_remote_runs_again(start, shared, origin) -> None:
    one = start("one")
    run = run_on([one], name="first")
    one.command("git", "checkout", "--quiet", "--detach", run.record["commit"])
    lost = run.entries["draw"]["outs"][0]["md5"]
    one.checkout.cache_object(lost).unlink()
    assert run_on([one], name="second").ran == {}
    forget(shared, lost)
    again = run_on([one], name="third")
    assert again.ran == {"draw": "one"}
    assert again.record["lock_sha256"] == run.record["lock_sha256"]


@pytest.mark.slow
def test_result_of_one_host_is_restored_on_another(start) -> None:
    one, two = start("one"), start("two")
    run = run_on([one], {"draw.rows": 7}, name="first")
    again = run_on([two], {"draw.rows": 7}, name="second")
    assert again.ran == {"write": "two"}  # DVC's run cache knows no stage whose output git keeps
    assert again.record["lock_sha256"] == run.record["lock_sha256"]


@pytest.mark.slow
def test_result_that_dvc_pushed_is_restored_on_another_host(start, origin, shared) -> None:
    with origin.dvc() as repo:
        repo.pull("raw.csv")
    origin.repro()
    with origin.dvc() as repo:
        repo.push(run_cache=True)
    one = start("one")
    assert run_on([one]).ran == {"count": "one", "write": "one"}


@pytest.mark.slow
def test_result_of_a_host_is_restored_by_dvc(start, origin, shared) -> None:
    run_on([start("one")])
    with origin.dvc() as repo:
        repo.pull("raw.csv")
        repo.stage_cache.pull(None)
        done = repo.reproduce("split", pull=True)
    assert [stage.addressing for stage in done] == ["draw", "split"]
    assert (origin.root / "rows.txt").exists()


@pytest.mark.slow
def test_output_with_its_own_remote_is_pushed_there_and_fetched_from_there(start, origin, tmp_path) -> None:
    origin.edit("dvc.yaml", "outs: [rows.txt]", "outs: [rows.txt: {remote: other}]")
    origin.write({".dvc/config": f"['remote \"other\"']\n    url = {tmp_path}/other\n"})
    origin.commit()
    run = run_on([start("one"), start("two")])
    assert set(run.ran) == set(ALL)
    md5 = run.entries["draw"]["outs"][0]["md5"]
    assert (tmp_path / "other" / "files" / "md5" / md5[:2] / md5[2:]).is_file()
    three = start("three")
    three.command("git", "fetch", "--quiet", "origin")
    again = run_on([three])
    assert set(again.ran) <= {"write", "count"}


def forget(shared: Shared, oid: str) -> None:
    """Remove an object from the remote."""
    url = f"{shared.url}/files/md5/{oid[:2]}/{oid[2:]}"
    if shared.server:
        shared.server.delete(url)
    else:
        Path(url).unlink()


@pytest.mark.slow
def test_remote_with_a_relative_path_is_found_from_a_sandbox(project, tmp_path) -> None:
    checkout = project(PIPELINE, ran=False)
    checkout.write({".dvc/config": "[core]\n    remote = r\n['remote \"r\"']\n    url = ../../beside\n"})
    checkout.write({"raw.csv": "a,b\n"})
    with checkout.dvc() as repo:
        repo.add("raw.csv")
        repo.push()
    checkout.commit()
    run = checkout.run_all()
    shutil.rmtree(checkout.root / ".dvc" / "cache")
    assert checkout.run_all(name="again").record.lock_sha256 == run.record.lock_sha256
    for entry in run.entries.values():
        for out in entry["outs"]:
            md5 = out["md5"]
            assert (tmp_path / "beside" / "files" / "md5" / md5[:2] / md5[2:]).is_file()


def test_imported_data_is_fetched_from_its_origin(project, tmp_path) -> None:
    other = project({"note.txt": "note\n"}, folder="other")
    other.write({"data.txt": "data\n"})
    with other.dvc() as repo:
        repo.add("data.txt")
    other.commit("Data")
    pipeline = "stages: {use: {cmd: cp data.txt use.txt, deps: [data.txt], outs: [use.txt]}}\n"
    checkout = project({"dvc.yaml": pipeline, ".gitignore": "/data.txt\n/use.txt\n"})
    with checkout.dvc() as repo:
        repo.imp(str(other.root), "data.txt")
    checkout.commit("Import")
    shutil.rmtree(checkout.root / ".dvc" / "cache")
    assert checkout.run_all().ran == ["use"]
