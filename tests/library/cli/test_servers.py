"""The commands `trimtab loop` and `trimtab up`."""

from __future__ import annotations

import click
import pytest

from trimtab.cli import extras
from trimtab.cli.main import cli
from trimtab.errors import ConfigError, MissingExtraError


@pytest.mark.parametrize("command", [["up"], ["loop"]])
def test_command_is_refused_where_the_servers_are_not_installed(monkeypatch, command):
    monkeypatch.setattr(extras, "SERVERS", ("absent",))
    with pytest.raises(MissingExtraError, match=f"`trimtab {command[0]}` needs the extra 'local'"):
        cli.main(command, standalone_mode=False)


def test_loop_in_a_project_whose_dags_register_nothing_names_the_option(monkeypatch, tmp_path):
    (tmp_path / "dags").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="No DAG file calls RegisterOperator") as refused:
        cli.main(["loop", "--from", "2013-01-01", "--until", "2013-02-01"], standalone_mode=False)
    assert refused.value.fix == "name the DAG with --training"
    assert [path.name for path in tmp_path.iterdir()] == ["dags"], "nothing was started"


def test_loop_with_a_date_that_is_no_day_is_refused():
    with pytest.raises(click.BadParameter, match="2013-13-01"):
        cli.main(["loop", "--from", "2013-13-01", "--until", "2014-01-01"], standalone_mode=False)


@pytest.fixture
def repository(monkeypatch, tmp_path):
    """A repository of two pipelines without DAGs, as the working directory."""
    for folder in (".git", "dags", "pipelines/stops/.dvc", "pipelines/trips/.dvc"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


DATES = ["loop", "--from", "2013-01-01", "--until", "2013-02-01"]


def test_loop_over_several_pipelines_refuses_the_dags_of_one(repository):
    with pytest.raises(click.UsageError, match="give --pipeline"):
        cli.main([*DATES, "--training", "stops_training"], standalone_mode=False)


def test_loop_of_one_pipeline_searches_its_own_folder_of_dags(repository):
    with pytest.raises(ConfigError, match="No DAG file calls RegisterOperator") as refused:
        cli.main([*DATES, "--pipeline", "stops"], standalone_mode=False)
    assert refused.value.where == str(repository / "dags" / "stops")


def test_loop_without_a_playable_pipeline_starts_no_server(repository):
    with pytest.raises(ConfigError, match="None of the pipelines can be played: stops, trips") as refused:
        cli.main(DATES, standalone_mode=False)
    assert "No DAG file calls RegisterOperator" in refused.value.where
    assert not (repository / ".trimtab").exists()
