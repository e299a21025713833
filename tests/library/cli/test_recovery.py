"""The commands `trimtab drill`, `inventory` and `isolate`: what they refuse."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli


@pytest.mark.parametrize("args", [["--reason", "r"], ["--undo"], ["f" * 32]], ids=" ".join)
def test_isolate_without_hash_or_reason_is_wrong_usage(args):
    assert CliRunner().invoke(cli, ["isolate", *args]).exit_code == 2


@pytest.mark.parametrize("command", ["drill", "inventory"])
def test_command_about_backups_without_a_project_says_so(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert "not a DVC project" in str(CliRunner().invoke(cli, [command, str(tmp_path)]).exception)
