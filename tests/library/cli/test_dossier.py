"""The command `trimtab dossier`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.library.dossier.conftest import NAME, checkout, documented, evidence
from trimtab.cli.main import cli

__all__ = ["checkout", "documented", "evidence"]  # fixtures


def run(*args: str):
    return CliRunner().invoke(cli, ["dossier", *args], catch_exceptions=False)


def test_dossier_writes_both_files_and_names_what_is_missing(checkout, tmp_path):
    done = run("1", "--model", NAME, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["dossier.html", "dossier.json"]
    assert "missing, only a person can write them (dossier.yaml): intended_users, " in done.output


def test_dossier_as_json_is_the_file(checkout, tmp_path):
    content = json.loads(run("1", "--out", str(tmp_path / "out"), "--json").stdout)
    assert content == json.loads((tmp_path / "out" / "dossier.json").read_text())
    assert (content["schema"], content["model"], content["version"]) == ("trimtab.dossier/1", NAME, 1)


@pytest.mark.parametrize("version", ["0", "x"])
def test_dossier_of_what_is_no_version_is_refused(version):
    assert run(version).exit_code == 2
