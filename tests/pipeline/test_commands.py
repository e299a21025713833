"""`trimtab plan`, `run` and `dag` where there is little to see."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from trimtab.cli import cli
from trimtab.errors import ProjectError


@pytest.mark.parametrize(
    ("command", "said"), [("plan", "no stages to run"), ("run", "no stages to run in"), ("dag", "no stages")]
)
@pytest.mark.parametrize("files", [{"notes.txt": ""}, {"dvc.yaml": ""}], ids=["no dvc.yaml", "an empty one"])
def test_project_without_stages_is_told_so(project, monkeypatch, in_process, files, command, said):
    monkeypatch.chdir(project(files).root)

    shown = CliRunner().invoke(cli, [command], catch_exceptions=False)

    assert (shown.exit_code, shown.output.startswith(said)) == (0, True), shown.output


@pytest.mark.parametrize("command", ["plan", "run", "dag"])
def test_subfolder_is_told_where_the_project_is(project, monkeypatch, command):
    root = project().root
    monkeypatch.chdir(root / "data")

    with pytest.raises(ProjectError) as refusal:
        CliRunner().invoke(cli, [command], catch_exceptions=False)

    assert refusal.value.fix == f"it is in the project {root}: go there"


def test_log_in_an_encoding_that_lacks_our_marks_ends_no_run(project):
    checkout = project()
    main = "from trimtab.cli import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", main, "run", "draw"],
        cwd=checkout.root,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"? draw it has never run\n")


def test_first_run_gives_its_reason_as_the_plan_does(project, monkeypatch, in_process):
    monkeypatch.chdir(project().root)

    planned = CliRunner().invoke(cli, ["plan"], catch_exceptions=False)
    shown = CliRunner().invoke(cli, ["run"], catch_exceptions=False)

    assert "draw   run    it has never run" in planned.output
    assert "▸ draw it has never run\n" in shown.output
