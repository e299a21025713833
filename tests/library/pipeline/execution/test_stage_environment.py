"""Environment of the commands of a stage."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from dvc.repo import Repo

from tests.library.pipeline.dvc_comparison import EventRecorder, run_here
from tests.library.pipeline.single_stage import run_one_stage, write_single_stage
from tests.library.pipeline.stage_kinds import pipeline


def test_commands_have_the_environment_of_dvc_and_their_lines_are_shown(project, monkeypatch):
    monkeypatch.setenv("GIVEN", "by the user")
    checkout = project(pipeline("a: {cmd: ['echo $GIVEN $DVC_STAGE', 'echo $DVC_ROOT >&2', 'printf end']}"))
    recorder = EventRecorder()

    run_here(checkout, listener=recorder)

    said = [line for line in recorder.lines if not line.startswith(">")]
    assert said == ["by the user a", str(checkout.root), "end"]


@pytest.mark.parametrize("folder", [".", "sub", "sub/deeper"])
def test_dvc_stage_variable_is_relative_to_the_users_folder(project, monkeypatch, folder):
    name = "stages: {a: {cmd: 'echo $DVC_STAGE | tee -a said', wdir: %s}}"
    checkout = project({"dvc.yaml": name % ".", "sub/dvc.yaml": name % "..", "sub/deeper/x": ""})
    recorder = EventRecorder()
    monkeypatch.chdir(checkout.root / folder)

    run_here(checkout, listener=recorder)
    with Repo() as repo:
        repo.reproduce(all_pipelines=True)

    ours = [line for line in recorder.lines if not line.startswith(">")]
    assert sorted(ours) == sorted(checkout.read("said").split()[2:])


def test_path_variable_of_a_local_run_is_the_users(project, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    checkout = project(pipeline("a: {cmd: 'echo $PATH'}"))
    recorder = EventRecorder()

    run_here(checkout, listener=recorder)

    assert recorder.lines[1:] == ["/usr/bin:/bin"]


def test_command_has_the_workers_environment_and_dvc_variables(project, monkeypatch):
    checkout = project()
    names = ["DVC_STAGE", "PYTHONPATH", "OF_THE_WORKER", "GIVEN"]
    write_single_stage(checkout, "; ".join(f"echo ${name} >> out.txt" for name in names))
    monkeypatch.setenv("OF_THE_WORKER", "here")
    monkeypatch.setenv("PYTHONPATH", "/some/where")

    entry = run_one_stage(checkout, "only", env={"GIVEN": "a b"}).entry

    lines = checkout.cache_object(entry["outs"][0]["md5"]).read_text().splitlines()
    assert lines == ["only", "/some/where", "here", "a b"]


def test_folder_of_the_workers_python_is_first_in_path(project, monkeypatch):
    checkout = project()
    write_single_stage(checkout, "command -v python > out.txt; echo $PATH >> out.txt")
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")

    entry = run_one_stage(checkout, "only").entry

    python, path = checkout.cache_object(entry["outs"][0]["md5"]).read_text().split()
    assert python == str(Path(sys.executable).parent / "python")
    assert path == f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
