"""SIGKILL at random moments: a retry has the undisturbed result, and no process or file is left over."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.library.faults.child_processes import answer, in_child
from trimtab.pipeline.execution import stage_sandbox
from trimtab.pipeline.execution.plan import make_plan
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import Revision, pin_revision
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.record.record import record_run

if TYPE_CHECKING:
    from tests.library.conftest import Checkout

# Background processes, in another process group (`timeout`) and in another session (`setsid`); a folder.
PIPELINE = {
    ".gitignore": "/rows.txt\n/parts\n",
    "params.yaml": "rows: 2000\n",
    "dvc.yaml": """\
stages:
  draw:
    cmd: timeout 60 sleep 60 & other=$!; sleep 0.05; seq 2000 > rows.txt; sleep 0.1; kill $other
    params: [rows]
    outs: [rows.txt]
  split:
    cmd: mkdir parts; setsid sleep 60 & other=$!; split -l 100 rows.txt parts/p; sleep 0.1; kill $other
    deps: [rows.txt]
    outs: [parts]
  count:
    cmd: sleep 0.1; cat parts/* | wc -l > count.txt
    deps: [parts]
    metrics: [count.txt: {cache: false}]
""",
}


def kill_process(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)  # too early: it has none yet


def kill_command(pid: int) -> None:
    """Kill the stage's processes. All are stopped first, since a running one may start another."""
    stopped: list[psutil.Process] = []
    while new := [child for child in _of_stage(pid) if child not in stopped]:
        stopped += new
        for child in new:
            with contextlib.suppress(psutil.NoSuchProcess):  # it has ended by itself
                child.suspend()
    for child in stopped:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


def _of_stage(pid: int) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.environ().get("DVC_STAGE"):
                found.append(child)
    return found


def terminate(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)


def orphans(root: Path) -> list[str]:
    """Return the processes of stages of a project and its sandboxes, in any process group."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("DVC_ROOT", "").startswith(str(root)):
                found.append(f"{process.pid} {process.cmdline()}")
        except psutil.Error:
            continue
    return found


def wait_until_clean(temp: Path) -> None:
    deadline = time.monotonic() + 10
    while (left := [*orphans(temp), *map(str, temp.iterdir())]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def corrupt_objects(checkout: Checkout) -> list[str]:
    """Return the corrupt objects of the cache; temporary files are left out."""
    cache = checkout.root / ".dvc" / "cache" / "files" / "md5"
    return [
        str(path)
        for path in cache.rglob("*")
        if path.is_file()
        and path.suffix != ".tmp"
        and hashlib.md5(path.read_bytes()).hexdigest() != "".join(path.parts[-2:]).removesuffix(".dir")
    ]


def forget_results(checkout: Checkout) -> None:
    """Empty the cache, so that each stage must run."""
    for path in (checkout.root / ".dvc" / "cache").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.unlink()


def stage_by_stage(
    checkout: Checkout,
    revision: Revision,
    graph: Graph,
    disturb: Callable[[int], None],
    wait: Iterator[float],
) -> Mapping[str, Any]:
    """Run each stage twice at most: once disturbed, then undisturbed."""
    entries: dict[str, Any] = {}
    temp = Path(os.environ["TMPDIR"])
    for stage in graph.stages:
        done = None
        for undisturbed in (False, True):
            pid, reader = in_child(
                lambda name=stage.name: run_stage(checkout.root, revision, graph, name, entries).entry
            )
            if not undisturbed:
                time.sleep(next(wait))
                if psutil.pid_exists(pid):
                    disturb(pid)
            done = answer(pid, reader)
            wait_until_clean(temp)
            assert corrupt_objects(checkout) == []
            if done:
                break
        assert done, f"'{stage.name}' failed undisturbed"
        entries[stage.name] = done
    return entries


def test_process_killed_during_the_creation_of_a_sandbox_leaves_no_folder(project, monkeypatch) -> None:
    checkout = project()
    revision, graph, mkdir = pin_revision(checkout.root), checkout.graph(), Path.mkdir

    def make_and_die(folder: Path, *args: Any, **kwargs: Any) -> None:
        mkdir(folder, *args, **kwargs)
        if folder.parent == Path(os.environ["TMPDIR"]):
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(Path, "mkdir", make_and_die)
    pid, reader = in_child(lambda: run_stage(checkout.root, revision, graph, "draw", {}).entry)
    assert answer(pid, reader) is None
    wait_until_clean(Path(os.environ["TMPDIR"]))


def test_sandbox_that_cannot_be_removed_at_its_end_is_removed_after_the_process(project, monkeypatch) -> None:
    """A process of the stage may still write into the folder while it is removed."""
    checkout = project()
    revision, graph = pin_revision(checkout.root), checkout.graph()

    def run() -> bool:
        monkeypatch.setattr(stage_sandbox.shutil, "rmtree", lambda *_, **__: None)
        run_stage(checkout.root, revision, graph, "draw", {})
        return any(Path(os.environ["TMPDIR"]).iterdir())

    assert answer(*in_child(run)) is True
    wait_until_clean(Path(os.environ["TMPDIR"]))


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("disturb", [kill_process, kill_group, kill_command, terminate])
def test_killed_stage_has_the_undisturbed_result_after_a_retry(project, disturb) -> None:
    checkout = project(PIPELINE)
    other = checkout.copy(checkout.root.parent / "undisturbed")
    other.repro()
    graph, revision = checkout.graph(), pin_revision(checkout.root)
    make_plan(checkout.root, revision, graph)
    moments = random.Random(20130601)
    for turn in range(8):
        forget_results(checkout)
        wait = iter(lambda: moments.uniform(0, 0.9), None)
        entries = stage_by_stage(checkout, revision, graph, disturb, wait)
        record = record_run(checkout.root, revision, graph, entries, name=f"run-{turn}")
        assert checkout.show(record.commit, "dvc.lock") == other.lock()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_local_run_has_the_undisturbed_result_after_a_retry(project) -> None:
    checkout = project(PIPELINE)
    other = checkout.copy(checkout.root.parent / "undisturbed")
    other.repro()
    moments = random.Random(20130602)
    for turn in range(8):
        forget_results(checkout)
        for path in (".dvc/tmp/rwlock", "dvc.lock", "rows.txt", "count.txt"):
            (checkout.root / path).unlink(missing_ok=True)
        command = ["trimtab", "run", "--jobs", "2"]
        running = subprocess.Popen(command, cwd=checkout.root, start_new_session=turn % 2 == 0)
        time.sleep(moments.uniform(0.8, 3))
        (os.killpg if turn % 2 == 0 else os.kill)(running.pid, signal.SIGKILL)
        running.wait()
        deadline = time.monotonic() + 10
        while (left := orphans(checkout.root)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not left
        assert corrupt_objects(checkout) == []
        subprocess.run(command, cwd=checkout.root, check=True)
        assert checkout.lock() == other.lock()
        assert checkout.repro() == []
