"""`trimtab update` prints what was done, and exits with 1 if a conflict is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.library.template.template_history import Repository, small_template
from trimtab.cli.main import cli
from trimtab.template import create_project

OLD = "plugins/trimtab/old.py"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A project one version behind its template, in the working directory."""
    template = small_template(tmp_path / "template")
    create_project(tmp_path / "project", template=str(template.root))
    template.replace(OLD, "line 3\n", "theirs\n")
    template.commit(tag="v1.1")
    monkeypatch.chdir(tmp_path / "project")
    return Repository(tmp_path / "project")


def test_update_prints_the_versions_and_the_number_of_files(project: Repository) -> None:
    result = CliRunner().invoke(cli, ["update"], catch_exceptions=False)

    assert result.exit_code == 0
    assert "template: v1.0 -> v1.1\nfiles of the template: 1 updated\n" in result.output


def test_update_with_a_conflict_exits_with_1_and_names_the_file(project: Repository) -> None:
    project.replace(OLD, "line 3\n", "ours\n")
    project.commit()

    result = CliRunner().invoke(cli, ["update", "--json"], catch_exceptions=False)

    assert result.exit_code == 1
    assert json.loads(result.output)["files"]["conflict"] == [OLD]


def test_dry_run_writes_nothing(project: Repository) -> None:
    result = CliRunner().invoke(cli, ["update", "v1.1", "--dry-run"], catch_exceptions=False)

    assert "Nothing was written" in result.output
    assert project.status == []
