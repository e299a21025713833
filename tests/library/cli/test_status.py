"""`trimtab status`: the live model of a real MLflow server."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.library.registry.drifting import arrive, check, declare, request_retrain
from trimtab.cli.main import cli
from trimtab.control_room import figures_cache, read_live, read_pair
from trimtab.control_room.windows import read_windows
from trimtab.registry import record_retrain_outcome
from trimtab.registry.tracking import connection


def status(*options: str):
    return CliRunner().invoke(cli, ["status", *options])


@pytest.mark.slow
def test_status_follows_the_model_from_its_first_window_to_a_failed_retrain(
    client, published, monkeypatch, runs
):
    project = published("watched")
    monkeypatch.chdir(project.root)
    declare(project, max_age=2, back_off=1)

    unchecked = status()
    assert (unchecked.exit_code, unchecked.output[:1]) == (1, "▲")
    assert "no window was checked yet" in unchecked.output
    assert client.get_experiment_by_name("watched-drift") is None, "looking writes nothing"

    arrive(project, "2013-05")
    check(project)
    fine = json.loads(status("--json").stdout)["models"][0]
    assert fine["assessment"]["health"] in {"ok", "watch"}
    (window,) = fine["windows"]
    assert (window["window"], window["champion"]) == ("2013-05", "1")
    figures = window["figures"]
    assert figures["interval"][0] < figures["figure"] < figures["interval"][1]
    assert figures["bound"] < figures["reference"]

    request_retrain(project, "2013-06")
    assert status().exit_code == 1, "the retrain is pending"
    record_retrain_outcome("watched", "2013-06", "failed")
    failed = status()
    assert (failed.exit_code, failed.output[:1]) == (2, "✖")
    assert "The retrain failed." in failed.output
    assert json.loads(status("--json").stdout)["models"][0]["budget"]["spent"] == 1

    cache = figures_cache(project.root)
    monkeypatch.setattr(type(client), "download_artifacts", None)  # all is cached
    with connection() as connected:
        assert [one.figures.problem for one in read_windows(connected, "watched", cache)] == ["", ""]


@pytest.mark.slow
def test_report_that_was_deleted_costs_interval_and_bound_only(client, published, monkeypatch):
    from datetime import UTC, datetime

    project = published("pruned")
    declare(project)
    arrive(project, "2013-05")
    check(project)
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.root.parent / "empty"))
    monkeypatch.setattr("trimtab.control_room.windows.REPORT", "deleted.json")
    live = read_live("pruned", figures_cache(project.root), datetime.now(UTC))
    assert "cannot be read" in live.windows[0].figures.problem
    assert live.windows[0].figures.figure is not None


@pytest.mark.slow
def test_two_versions_are_compared_by_what_mlflow_keeps(client, contenders):
    pair = read_pair(contenders[1].name, 1, 2)
    groups = {row.group for row in pair.rows}
    assert {"lineage", "gates", "figures"} <= groups
    assert any(row.differs for row in pair.rows if row.group == "figures")
    assert pair.decided == "", "no promotion was decided between them"


def test_status_without_a_server_says_what_to_set(made_project, monkeypatch):
    monkeypatch.chdir(made_project.root)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    answer = status()
    assert answer.exit_code not in (0, 1)
    assert "MLFLOW_TRACKING_URI" in str(answer.exception) + answer.output
