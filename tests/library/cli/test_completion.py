"""Shell completion: scripts, and the names that it offers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from trimtab.cli.completion import SHELLS
from trimtab.cli.main import cli

PIPELINE = """\
stages:
  prepare: {cmd: x}
  train: {foreach: [a, b], do: {cmd: x}}
artifacts:
  flights: {path: m, type: model}
  example: {path: e, type: input-example}
"""
LOCK = "schema: '2.0'\nstages: {prepare: {cmd: x}, train@a: {cmd: x}, removed: {cmd: x}}\n"


def offered(*args: str) -> list[str]:
    """The completions of the last word."""
    completer = ShellComplete(cli, {}, "trimtab", "_TRIMTAB_COMPLETE")
    return [item.value for item in completer.get_completions(list(args[:-1]), args[-1])]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "dvc.lock").write_text(LOCK)
    return tmp_path


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_prints_the_script_of_each_shell(shell):
    done = CliRunner().invoke(cli, ["completion", shell], catch_exceptions=False)

    assert f"_TRIMTAB_COMPLETE={shell}_complete" in done.output


def test_commands_and_options_are_completed():
    assert offered("mod") == ["models"]
    assert offered("drift", "re") == ["reference", "replay", "report"]
    assert offered("plan", "--js") == ["--json"]


def test_stages_are_completed_with_those_that_a_loop_made(project):
    assert offered("plan", "") == ["prepare", "train", "train@a"]
    assert offered("run", "prepare", "train@") == ["train@a"]


def test_models_of_the_project_are_completed(project):
    assert offered("models", "--model", "") == ["flights"]


def test_recorded_runs_are_completed(project):
    for command in (
        "init -q",
        "-c user.name=a -c user.email=a@b commit -q --allow-empty -m x",
        "update-ref refs/exps/ab/cd/training-june HEAD",
    ):
        subprocess.run(["git", *command.split()], cwd=project, check=True)

    assert offered("checkout", "train") == ["training-june"]


@pytest.mark.parametrize("text", ["stages: [", "stages: [a]", "", "a\0b"])
def test_completion_of_a_broken_project_offers_nothing(project, text):
    (project / "dvc.yaml").write_text(text)

    assert offered("plan", "") == []


def test_completion_outside_of_a_project_and_of_git_offers_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert offered("plan", "") == offered("models", "--model", "") == offered("checkout", "") == []


def test_help_and_completion_import_no_library_of_data(project):
    script = (
        "import sys; from click.shell_completion import ShellComplete as S; from trimtab.cli.main import cli;"
        "cli.main(['--help'], standalone_mode=False);"
        "print(S(cli, {}, 't', 'T').get_completions(['plan'], ''));"
        "S(cli, {}, 't', 'T').get_completions([], '');"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert not {"dvc", "mlflow", "pandas", "numpy", "pydantic", "rich", "trimtab.pipeline"} & loaded
