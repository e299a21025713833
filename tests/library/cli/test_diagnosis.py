"""The commands `trimtab why` and `trimtab debug`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli


@pytest.fixture
def recorded(project, monkeypatch):
    checkout = project()
    checkout.run_all(name="training-manual__2013-06-01")
    checkout.run_all({"draw.rows": 5}, name="training-manual__2013-06-02")
    monkeypatch.chdir(checkout.root)
    return checkout


def test_why_shows_the_param_and_the_stages_that_it_changed(recorded):
    shown = CliRunner().invoke(cli, ["why", "training/manual__2013-06-02"])

    assert shown.exit_code == 0, shown.output
    assert "compared with training-manual__2013-06-01" in shown.output
    assert "draw.rows  3    5" in shown.output
    assert "not known: the environment of the earlier run and this run is not recorded" in shown.output


def test_why_json_has_all_differences(recorded):
    shown = CliRunner().invoke(cli, ["why", "training/manual__2013-06-02", "--json"])

    found = json.loads(shown.output)
    assert found["params"] == [{"name": "draw.rows", "before": 3, "after": 5}]
    assert found["against"] == "training-manual__2013-06-01"


def test_debug_runs_a_command_in_the_sandbox_and_exits_with_its_code(recorded, tmp_path):
    command = f"cp params.yaml data/rows.txt {tmp_path}; exit 7"

    done = CliRunner().invoke(
        cli, ["debug", "training/manual__2013-06-02", "clean", "--", "sh", "-c", command]
    )

    assert done.exit_code == 7, done.output
    assert "its command:\n  cat data/rows.txt data/source.txt > data/clean.txt" in done.output
    assert "rows: 5" in (tmp_path / "params.yaml").read_text()
    assert "rows: 5" in (tmp_path / "rows.txt").read_text()


def test_debug_opens_the_shell_of_the_user(recorded, tmp_path, monkeypatch):
    shell = tmp_path / "shell"
    shell.write_text(f"#!/bin/sh\npwd > {tmp_path}/opened\nexit 3\n")
    shell.chmod(0o755)
    monkeypatch.setenv("SHELL", str(shell))

    done = CliRunner().invoke(cli, ["debug", "training/manual__2013-06-02", "clean"])

    assert done.exit_code == 0, done.output
    assert "trimtab-" in (tmp_path / "opened").read_text()
