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

from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.execution.process import CommandError
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin
from trimtab.pipeline.graph.project import Project


def run(checkout, stage: str, **options):
    """Run a stage of what is checked out, given what dvc.lock says of those before it."""
    graph = checkout.graph()
    entries = {name: checkout.locked(name) for name in graph.upstream(stage)}
    return run_stage(checkout.root, pin(checkout.root), graph, stage, entries, **options)


def only(checkout, cmd: str, **stage) -> None:
    """Replace the pipeline by one stage that writes ``out.txt``."""
    definition = {"cmd": cmd, "deps": ["data/source.txt"], "outs": ["out.txt"], **stage}
    checkout.write({"dvc.yaml": f"stages: {{only: {definition}}}", ".gitignore": "out.txt\n"})


def no_sandbox() -> bool:
    return not list(Path(tempfile.gettempdir()).iterdir())


def cached(checkout) -> set[Path]:
    return {path for path in (checkout.root / ".dvc" / "cache").rglob("*") if path.is_file()}


@pytest.mark.parametrize("stage", ["draw", "clean", "count", "judge"])
def test_lock_entry_equals_the_one_of_dvc_repro(project, stage):
    checkout = project(ran=True)

    execution = run(checkout, stage, force=True)

    assert execution.ran
    assert execution.entry == checkout.locked(stage)


def test_known_result_is_not_made_again_unless_forced(project, tmp_path):
    log = tmp_path / "log"
    checkout = project()
    only(checkout, f"echo ran >> {log}; cat data/source.txt > out.txt")

    first, second, third = run(checkout, "only"), run(checkout, "only"), run(checkout, "only", force=True)

    assert (first.ran, second.ran, third.ran) == (True, False, True)
    assert first.entry == second.entry == third.entry
    assert log.read_text() == "ran\n" * 2


def test_stage_with_a_changed_dependency_runs(project):
    checkout = project(ran=True)
    checkout.edit("data/source.txt", "source", "other")

    execution = run(checkout, "clean")

    assert execution.ran
    assert execution.entry["outs"] != checkout.locked("clean")["outs"]


def test_outputs_that_git_keeps_are_stored_in_the_cache(project):
    checkout = project()
    only(checkout, "cat data/source.txt > out.txt", outs=[{"out.txt": {"cache": False}}])

    entry = run(checkout, "only").entry

    assert checkout.cache_object(entry["outs"][0]["md5"]).read_text() == "source\n"


def test_users_checkout_is_not_changed(project):
    checkout = project()
    checkout.write({"data/rows.txt": "the user's own", "new.txt": "not committed"})
    before = checkout.state()

    run(checkout, "draw")

    assert checkout.state() == before
    assert not (checkout.root / "dvc.lock").exists()


def test_command_reads_the_pinned_revision_and_not_the_checkout(project):
    checkout = project()
    only(checkout, "cat data/source.txt > out.txt; pwd >> out.txt; ls >> out.txt")
    revision = pin(checkout.root)
    checkout.write({"data/source.txt": "changed since", "later.txt": ""})

    entry = run_stage(checkout.root, revision, checkout.graph(), "only", {}).entry

    text = checkout.cache_object(entry["outs"][0]["md5"]).read_text()
    assert text.startswith("source\n")
    assert str(checkout.root) not in text
    assert "later.txt" not in text


def test_failed_command_stores_nothing_in_the_cache(project):
    checkout = project()
    only(checkout, "echo half > out.txt; exit 3")
    before = cached(checkout)

    with pytest.raises(CommandError, match="exit code 3") as failure:
        run(checkout, "only")

    assert failure.value.exit_code == 3
    assert failure.value.where == "stage 'only'"
    assert cached(checkout) == before


def test_commands_after_a_failed_one_do_not_run(project, tmp_path):
    checkout = project()
    only(checkout, ["echo 1 > out.txt", "exit 4", f"touch {tmp_path}/ran"])

    with pytest.raises(CommandError, match="exit code 4: exit 4"):
        run(checkout, "only")

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("command", ["kill -9 $$", "sh -c 'kill -9 $$'; exit $?"])
def test_signal_that_ended_a_command_is_named(project, command):
    checkout = project()
    only(checkout, command)

    with pytest.raises(CommandError, match=r"exit code (-9|137) \(SIGKILL\): "):
        run(checkout, "only")


def test_output_that_was_not_written_is_named(project):
    checkout = project()
    only(checkout, "echo 1 > another.txt")
    before = cached(checkout)

    with pytest.raises(StageError, match=r"did not write its output.*'out\.txt' does not exist"):
        run(checkout, "only")

    assert cached(checkout) == before


@pytest.mark.parametrize(
    ("cmd", "stage", "reason"),
    [
        ("cat > out.txt", {"deps": ["gone.txt"]}, r"dependency 'gone\.txt' does not exist"),
        ("echo 1 > out.txt", {"params": ["gone"]}, "param 'gone' is not there"),
        ("echo 1 > out.txt", {"wdir": "gone"}, r"'gone/data/source\.txt' does not exist"),
        ("mkfifo out.txt", {}, "is neither a file nor a folder"),
        ("head -c 99 /dev/zero > m", {"outs": [], "metrics": ["m"]}, "cannot be used as metrics"),
    ],
)
def test_stage_that_dvc_refuses_is_refused_with_its_reason(project, cmd, stage, reason):
    checkout = project()
    only(checkout, cmd, **stage)

    with pytest.raises(StageError, match=reason) as refusal:
        run_stage(checkout.root, pin(checkout.root), checkout.graph(), "only", {})

    assert "stage 'only'" in refusal.value.where


@pytest.mark.parametrize(
    ("dep", "fix"),
    [
        (r".\src\get.py", "write it with / in dvc.yaml, which Windows understands too"),
        ("http://127.0.0.1:9/x", "check that it can be reached from here"),
    ],
)
def test_error_of_a_missing_dependency_says_what_to_do(project, dep, fix):
    checkout = project()
    only(checkout, "echo 1 > out.txt", deps=[dep])

    with pytest.raises(StageError, match="does not exist") as refusal:
        run_stage(checkout.root, pin(checkout.root), checkout.graph(), "only", {})

    assert (refusal.value.where, refusal.value.fix) == ("stage 'only'", fix)


def test_dependency_that_is_not_in_the_cache_is_named_with_its_stage(project):
    checkout = project(ran=True)
    entry = checkout.locked("draw")
    checkout.cache_object(entry["outs"][0]["md5"]).unlink()

    with pytest.raises(StageError, match=r"'data/rows\.txt' \(.*\) is not in DVC's cache") as failure:
        run_stage(checkout.root, pin(checkout.root), checkout.graph(), "clean", {"draw": entry})

    assert failure.value.where == "stage 'clean'"


def test_outputs_of_a_failed_gate_are_kept_in_a_folder(project, tmp_path, monkeypatch):
    checkout = project()
    only(
        checkout,
        "mkdir -p r && echo bad > r/report.html; echo 1 > out.txt; exit 1",
        outs=["r", "out.txt", "x"],
    )
    monkeypatch.chdir(tmp_path)
    kept = Path("kept")

    for _ in range(2):  # a retry replaces it
        with pytest.raises(CommandError):
            run(checkout, "only", keep_on_failure=kept)

    found = {str(path.relative_to(kept)): path.read_text() for path in kept.rglob("*") if path.is_file()}
    assert found == {"r/report.html": "bad\n", "out.txt": "1\n"}


def test_command_has_the_workers_environment_and_dvc_variables(project, monkeypatch):
    checkout = project()
    names = ["DVC_STAGE", "PYTHONPATH", "OF_THE_WORKER", "GIVEN"]
    only(checkout, "; ".join(f"echo ${name} >> out.txt" for name in names))
    monkeypatch.setenv("OF_THE_WORKER", "here")
    monkeypatch.setenv("PYTHONPATH", "/some/where")

    entry = run(checkout, "only", env={"GIVEN": "a b"}).entry

    lines = checkout.cache_object(entry["outs"][0]["md5"]).read_text().splitlines()
    assert lines == ["only", "/some/where", "here", "a b"]


def test_folder_of_the_workers_python_is_first_in_path(project, monkeypatch):
    checkout = project()
    only(checkout, "command -v python > out.txt; echo $PATH >> out.txt")
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")

    entry = run(checkout, "only").entry

    python, path = checkout.cache_object(entry["outs"][0]["md5"]).read_text().split()
    assert python == str(Path(sys.executable).parent / "python")
    assert path == f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"


@pytest.mark.parametrize("setting", ["../shared", "shared", None], ids=["beside", "inside", "default"])
def test_sandbox_uses_the_cache_folder_of_the_project(project, monkeypatch, setting):
    checkout = project()
    only(checkout, "cat data/source.txt > out.txt")
    if setting:
        checkout.write({".dvc/config.local": f"[cache]\n    dir = {setting}\n"})
    monkeypatch.chdir(checkout.root)

    run_stage(Path(), pin(Path()), Project(Path()).graph(), "only", {})

    cache = (checkout.root / ".dvc" / (setting or "cache")).resolve()
    objects = [path for path in (cache / "files" / "md5").rglob("*") if path.is_file()]
    assert [path.read_text() for path in objects] == ["source\n"]


def test_stage_runs_in_a_project_below_the_root_of_git(project):
    checkout = project(folder="all of it", below="ml/flüge")

    entry = run(checkout, "draw").entry

    assert "rows: 3" in checkout.cache_object(entry["outs"][0]["md5"]).read_text()


def test_revision_without_dvc_is_refused(project):
    checkout = project()
    checkout.write({".gitignore": ".dvc\n"})
    checkout.git("rm", "-rq", "--cached", ".dvc")

    with pytest.raises(ProjectError, match=r"holds no \.dvc folder"):
        run_stage(checkout.root, pin(checkout.root), checkout.graph(), "draw", {})


STAGE_IN_A_PROCESS = """\
import os, signal, sys
from pathlib import Path
from trimtab.pipeline.execution.stage_execution import process
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.git.revision import pin
process.GRACE_SECONDS = 1
if sys.argv[2] == "in a task":  # as Airflow handles the signal there
    signal.signal(signal.SIGTERM, lambda *_: process.end_commands())
root = Path(sys.argv[1])
run_stage(root, pin(root), Project(root).graph(), "only", {})
"""


@dataclass
class Running:
    """A process that runs a stage whose command waits, and what it started."""

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
    """Start such a process."""
    started = []

    def start(cmd: str, mode: str = "alone") -> Running:
        checkout, waiting, errors = project(), tmp_path / "waiting", tmp_path / "errors"
        only(checkout, cmd.format(waiting=f"touch {waiting}"))
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
    "signum", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=["SIGTERM", "SIGINT", "SIGKILL"]
)
def test_killed_run_leaves_no_process_and_no_sandbox(running, signum):
    stage = running("echo half > out.txt; sleep 61 & {waiting}; sleep 62")
    before = cached(stage.checkout)

    stage.end(signum)

    assert len(stage.children) >= 2
    assert stage.process.returncode != 0
    assert not psutil.wait_procs(stage.children, timeout=5)[1]
    assert no_sandbox()
    assert cached(stage.checkout) == before


def test_stage_that_its_task_ends_fails_and_stores_nothing(running):
    stage = running("echo half > out.txt; {waiting}; sleep 61", "in a task")
    before = cached(stage.checkout)

    said = stage.end(signal.SIGTERM)

    assert "CommandError" in said
    assert cached(stage.checkout) == before
    assert no_sandbox()


def test_command_that_ignores_sigterm_is_killed(running):
    stage = running("trap '' TERM; {waiting}; while true; do sleep 1; done")

    stage.end(signal.SIGTERM)

    assert not psutil.wait_procs(stage.children, timeout=5)[1]
    assert no_sandbox()
