"""The command that removes the example."""

from __future__ import annotations

import subprocess

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli


@pytest.fixture
def template(tmp_path, monkeypatch):
    for path in ("dvc.yaml", "README.md", "pyproject.toml"):
        (tmp_path / path).write_text("")
    commit = ["-c", "user.name=A", "-c", "user.email=a@localhost", "commit", "--quiet", "--message", "First"]
    for arguments in (["init", "--quiet"], ["add", "--all"], commit):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_command_shows_what_it_removes_and_asks(template):
    result = CliRunner().invoke(cli, ["remove-example"], input="n\n")
    assert result.exit_code == 1
    assert "dvc.yaml  (file)" in result.output
    assert (template / "dvc.yaml").exists()


@pytest.mark.parametrize(("arguments", "answer"), [(["--yes"], None), ([], "y\n")])
def test_command_removes_after_a_yes(template, arguments, answer):
    result = CliRunner().invoke(cli, ["remove-example", *arguments], input=answer)
    assert result.exit_code == 0
    assert not (template / "dvc.yaml").exists()
