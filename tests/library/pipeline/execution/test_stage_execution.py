"""One stage, run in a sandbox."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.library.pipeline.dvc2 import as_dvc_2_left_it
from tests.library.pipeline.single_stage import cache_files, run_one_stage, write_single_stage
from trimtab.errors import StageError
from trimtab.pipeline.execution.process import CommandError
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin_revision


def no_sandbox() -> bool:
    return not list(Path(tempfile.gettempdir()).iterdir())


@pytest.mark.parametrize("stage", ["draw", "clean", "count", "judge"])
def test_lock_entry_equals_the_one_of_dvc_repro(project, stage):
    checkout = project(ran=True)

    execution = run_one_stage(checkout, stage, force=True)

    assert execution.ran
    assert execution.entry == checkout.locked(stage)


def test_known_result_is_not_made_again_unless_forced(project, tmp_path):
    log = tmp_path / "log"
    checkout = project()
    write_single_stage(checkout, f"echo ran >> {log}; cat data/source.txt > out.txt")

    first, second, third = (
        run_one_stage(checkout, "only"),
        run_one_stage(checkout, "only"),
        run_one_stage(checkout, "only", force=True),
    )

    assert (first.ran, second.ran, third.ran) == (True, False, True)
    assert first.entry == second.entry == third.entry
    assert log.read_text() == "ran\n" * 2


def test_result_in_the_run_cache_of_dvc_2_is_hashed_anew_and_not_made_again(project, tmp_path):
    log = tmp_path / "log"
    checkout = project()
    # DVC 2's hash of a dependency is another one, so its run cache is used for stages without any.
    write_single_stage(checkout, f"echo ran >> {log}; echo x > out.txt", deps=[], params=["draw.rows"])
    checkout.repro()
    as_dvc_2_left_it(checkout)
    checkout.edit("dvc.yaml", "only:", "other:")  # dvc.lock has no entry of that name
    checkout.commit()

    (step,) = checkout.plan().steps
    execution = run_one_stage(checkout, "other")

    assert (step.state, step.reason) == ("run", "the run cache has it, as DVC 2 hashed it")
    assert not execution.ran
    checkout.repro()
    assert execution.entry == checkout.locked("other")
    assert log.read_text() == "ran\n"


def test_stage_with_a_changed_dependency_runs(project):
    checkout = project(ran=True)
    checkout.edit("data/source.txt", "source", "other")

    execution = run_one_stage(checkout, "clean")

    assert execution.ran
    assert execution.entry["outs"] != checkout.locked("clean")["outs"]


def test_commands_after_a_failed_one_do_not_run(project, tmp_path):
    checkout = project()
    write_single_stage(checkout, ["echo 1 > out.txt", "exit 4", f"touch {tmp_path}/ran"])

    with pytest.raises(CommandError, match="exit code 4: exit 4"):
        run_one_stage(checkout, "only")

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("command", ["kill -9 $$", "sh -c 'kill -9 $$'; exit $?"])
def test_signal_that_ended_a_command_is_named(project, command):
    checkout = project()
    write_single_stage(checkout, command)

    with pytest.raises(CommandError, match=r"exit code (-9|137) \(SIGKILL\): "):
        run_one_stage(checkout, "only")


def test_dependency_that_is_not_in_the_cache_is_named_with_its_stage(project):
    checkout = project(ran=True)
    entry = checkout.locked("draw")
    checkout.cache_object(entry["outs"][0]["md5"]).unlink()

    with pytest.raises(StageError, match=r"'data/rows\.txt' \(.*\) is not in DVC's cache") as failure:
        run_stage(checkout.root, pin_revision(checkout.root), checkout.graph(), "clean", {"draw": entry})

    assert failure.value.where == "stage 'clean'"


STAGE_IN_A_PROCESS = """\
import os, signal, sys
from pathlib import Path
from trimtab.pipeline.execution import process
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.git import pin_revision
process.GRACE_SECONDS = 1
if sys.argv[2] == "in a task":  # as Airflow handles the signal there
    signal.signal(signal.SIGTERM, lambda *_: process.end_commands())
root = Path(sys.argv[1])
run_stage(root, pin_revision(root), Project(root).graph(), "only", {})
"""


@dataclass
class Running:
    """A process that runs a stage whose command waits, and its child processes."""

    checkout: Any
    process: subprocess.Popen
    errors: Path
    children: list[psutil.Process]

    def end(self, signum: int) -> str:
        """Signal it, wait for its end and return what it said."""
        self.process.send_signal(signum)
        self.process.wait(timeout=30)
        return self.errors.read_text()


@pytest.fixture
def running(project, tmp_path):
    """Start a process whose stage waits."""
    started = []

    def start(cmd: str, mode: str = "alone") -> Running:
        checkout, waiting, errors = project(), tmp_path / "waiting", tmp_path / "errors"
        write_single_stage(checkout, cmd.format(waiting=f"touch {waiting}"))
        command = [sys.executable, "-c", STAGE_IN_A_PROCESS, str(checkout.root), mode]
        process = subprocess.Popen(command, stderr=errors.open("w"))
        started.append(process)
        deadline = time.monotonic() + 60
        while not waiting.exists():
            assert process.poll() is None, errors.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        children = psutil.Process(process.pid).children(recursive=True)
        started.extend(children)
        return Running(checkout, process, errors, children)

    yield start
    for process in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            process.wait()


@pytest.mark.parametrize(
    "signum",
    [
        pytest.param(signal.SIGTERM, id="SIGTERM", marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, id="SIGINT", marks=pytest.mark.slow),
        pytest.param(signal.SIGKILL, id="SIGKILL"),
    ],
)
def test_killed_run_leaves_no_process_and_no_sandbox(running, signum):
    stage = running("echo half > out.txt; sleep 61 & {waiting}; sleep 62")
    before = cache_files(stage.checkout)

    stage.end(signum)

    assert len(stage.children) >= 2
    assert stage.process.returncode != 0
    assert not psutil.wait_procs(stage.children, timeout=5)[1]
    assert no_sandbox()
    assert cache_files(stage.checkout) == before


def test_stage_that_its_task_ends_fails_and_stores_nothing(running):
    stage = running("echo half > out.txt; {waiting}; sleep 61", "in a task")
    before = cache_files(stage.checkout)

    said = stage.end(signal.SIGTERM)

    assert "CommandError" in said
    assert cache_files(stage.checkout) == before
    assert no_sandbox()


def test_command_that_ignores_sigterm_is_killed(running):
    stage = running("trap '' TERM; {waiting}; while true; do sleep 1; done")

    stage.end(signal.SIGTERM)

    assert not psutil.wait_procs(stage.children, timeout=5)[1]
    assert no_sandbox()
