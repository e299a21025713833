"""`trimtab new` refuses what it cannot use before it writes anything."""

from __future__ import annotations

import subprocess

import pytest
from click.testing import CliRunner

from tests.library.scaffold.tables import orders
from trimtab.cli.main import cli
from trimtab.errors import ConfigError, ProjectError, StageError


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty project, and a table outside of it."""
    orders().to_csv(tmp_path / "orders.csv", index=False)
    root = tmp_path / "project"
    root.mkdir()
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / "README.md").write_text("a project\n")
    monkeypatch.chdir(root)
    return root


def called(*arguments: str):
    return CliRunner().invoke(cli, ["new", *arguments])


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [([], "NAME"), (["late_orders"], "--data"), (["late_orders", "--data", "../orders.csv"], "--label")],
)
def test_new_names_what_is_missing_where_it_cannot_ask(repository, arguments, missing):
    result = called(*arguments)
    assert result.exit_code == 2
    assert f"{missing} is missing" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Late Orders", "--data", "../orders.csv", "--label", "late"], "no identifier"),
        (["late_orders", "--data", "../order.csv", "--label", "late"], "does not exist"),
        (["late_orders", "--data", "../orders.csv", "--label", "lat"], "did you mean 'late'"),
        (["late_orders", "--data", "../orders.csv", "--label", "late", "--time", "weight"], "no times"),
    ],
)
def test_new_writes_nothing_when_it_refuses(repository, arguments, message):
    result = called(*arguments)
    assert isinstance(result.exception, ConfigError)
    assert message in str(result.exception)
    assert sorted(path.name for path in repository.iterdir()) == [".git", "README.md"]


@pytest.mark.slow
def test_new_leaves_nothing_and_says_why_if_the_pipeline_cannot_be_finished(repository):
    (repository / ".gitignore").write_text("source.*.dvc\n")
    result = called("late_orders", "--data", "../orders.csv", "--label", "late")
    assert isinstance(result.exception, StageError)
    assert "DVC cannot track the table" in str(result.exception)
    assert "git-ignored" in str(result.exception)
    assert "nothing was changed" in result.output
    assert sorted(path.name for path in repository.iterdir()) == [".git", ".gitignore", "README.md"]


def test_new_refuses_a_rhythm_without_time(repository):
    result = called("late_orders", "--no-time", "--every", "week")
    assert result.exit_code == 2
    assert "--no-time makes a pipeline without windows" in result.output


def test_new_refuses_a_folder_that_exists_before_it_reads_the_table(repository):
    (repository / "dags" / "late_orders").mkdir(parents=True)
    result = called("late_orders", "--data", "missing.csv", "--label", "late")
    assert "The folder exists" in str(result.exception)


def test_new_refuses_a_folder_with_files_outside_of_a_repository(tmp_path, monkeypatch):
    (tmp_path / "notes.txt").write_text("mine\n")
    monkeypatch.chdir(tmp_path)
    result = called("late_orders", "--data", "x.csv", "--label", "late")
    assert isinstance(result.exception, ProjectError)
    assert "in no git repository, and is not empty" in str(result.exception)
