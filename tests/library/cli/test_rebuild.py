"""The command `trimtab rebuild`: its exit code and its output where a rebuild is not possible."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.cli.rebuild import CANNOT_REBUILD


def rebuild(*args: str):
    return CliRunner().invoke(cli, ["rebuild", *args], catch_exceptions=False)


def test_rebuild_outside_of_a_project_says_why_it_is_not_possible(client, contenders, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = rebuild("1", "--model", "contenders")

    assert done.exit_code == CANNOT_REBUILD
    assert done.output.startswith("The version cannot be rebuilt: ")


def test_rebuild_that_is_not_possible_has_the_reason_as_json(client, contenders, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = rebuild("1", "--model", "contenders", "--json")

    reason = json.loads(done.stdout)
    assert done.exit_code == CANNOT_REBUILD
    assert reason["verdict"] == "cannot"
    assert set(reason) == {"schema", "verdict", "what", "where", "fix"}


def test_rebuild_of_an_unknown_version_names_the_existing_ones(client, checkout):
    checkout.publish()

    done = rebuild("99")

    assert done.exit_code == CANNOT_REBUILD
    assert f"'{checkout.name}' has no version 99" in done.output


@pytest.mark.parametrize("version", ["0", "-1", "one"])
def test_rebuild_of_what_is_no_version_number_is_refused(version):
    assert "VERSION" in rebuild("--", version).output
