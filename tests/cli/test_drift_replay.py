"""The command `trimtab drift replay`."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from trimtab.cli.drift import drift
from trimtab.cli.drift_replay import _parse_change
from trimtab.learning import BINARY
from trimtab.local import history_replay
from trimtab.local.policy_replay import PolicyReplay
from trimtab.pipeline import graph as graph_package

REQUIRED = ["--from", "2013-11-05", "--until", "2014-01-01", "--every", "month", "--windows", "made/windows"]


@pytest.mark.parametrize("missing", ["--from", "--until", "--every", "--windows", "--out"])
def test_replay_command_requires_dates_frequency_and_windows(missing):
    given = [*REQUIRED, "--out", "replay"]
    place = given.index(missing)
    done = CliRunner().invoke(drift, ["replay", *given[:place], *given[place + 2 :]])
    assert done.exit_code == 2
    assert f"Missing option '{missing}'" in done.output


@pytest.fixture
def replayed(monkeypatch):
    """Replace the runs of the pipeline, and return the arguments of the replay."""
    asked = {}

    def replay_history(root, graph, times, **options):
        asked.update(options, times=[str(time.date()) for time in times])
        return [
            PolicyReplay("frozen", BINARY.metrics["roc_auc"], {"2013-11": 0.7, "2013-12": 0.6}, (), (), 0.0)
        ]

    project = SimpleNamespace(root="here", graph=lambda: "graph")
    monkeypatch.setattr(graph_package, "Project", lambda root: project)
    monkeypatch.setattr(history_replay, "replay_history", replay_history)
    monkeypatch.setattr(history_replay, "declared_param", lambda root, graph: "load.end")
    return asked


def test_replay_command_takes_the_param_from_the_project(replayed, tmp_path):
    done = CliRunner().invoke(drift, ["replay", *REQUIRED, "--out", str(tmp_path)], catch_exceptions=False)

    assert replayed["times"] == ["2013-11-01", "2013-12-01", "2014-01-01"]
    assert (replayed["param"], replayed["windows"]) == ("load.end", "made/windows")
    assert "frozen" in done.output
    assert {file.name for file in tmp_path.iterdir()} == {"replay.json", "replay.svg"}


def test_replay_command_takes_param_and_changes_from_options(replayed, tmp_path):
    more = ["--param", "other.end", "--also", "drift.max_age=2", "--also", "reference=season"]
    CliRunner().invoke(drift, ["replay", *REQUIRED, *more, "--out", str(tmp_path)], catch_exceptions=False)

    assert replayed["param"] == "other.end"
    assert replayed["changes"] == [("max_age", 2), ("reference", "season")]


def test_change_without_a_value_is_refused():
    with pytest.raises(Exception, match="'max_age' is not KEY=VALUE"):
        _parse_change("max_age")
