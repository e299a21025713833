"""The command `trimtab drift replay`."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize("missing", ["--from", "--until", "--windows", "--out"])
def test_replay_command_requires_dates_and_windows(missing):
    given = [*REQUIRED, "--out", "replay"]
    place = given.index(missing)
    done = CliRunner().invoke(drift, ["replay", *given[:place], *given[place + 2 :]])
    assert done.exit_code == 2
    assert f"Missing option '{missing}'" in done.output


@pytest.fixture
def replayed(monkeypatch, tmp_path):
    """Replace the runs of the pipeline, and return the arguments of the replay."""
    asked = {}

    def replay_history(root, graph, times, **options):
        asked.update(options, times=[str(time.date()) for time in times])
        return [
            PolicyReplay("frozen", BINARY.metrics["roc_auc"], {"2013-11": 0.7, "2013-12": 0.6}, (), (), 0.0)
        ]

    project = SimpleNamespace(root=tmp_path / "project", graph=lambda: "graph")
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


def test_replay_command_with_json_prints_the_policies(replayed, tmp_path):
    call = ["replay", *REQUIRED, "--out", str(tmp_path), "--json"]
    done = CliRunner().invoke(drift, call, catch_exceptions=False)

    content = json.loads(done.stdout)
    assert content["schema"] == "trimtab.drift-replay/1"
    assert [policy["policy"] for policy in content["policies"]] == ["frozen"]


def test_replay_command_takes_param_and_changes_from_options(replayed, tmp_path):
    more = ["--param", "other.end", "--also", "drift.max_age=2", "--also", "reference=season"]
    CliRunner().invoke(drift, ["replay", *REQUIRED, *more, "--out", str(tmp_path)], catch_exceptions=False)

    assert replayed["param"] == "other.end"
    assert replayed["changes"] == [("max_age", 2), ("reference", "season")]


WITHOUT_FREQUENCY = [one for one in REQUIRED if one not in {"--every", "month"}]


def test_replay_command_without_frequency_takes_that_of_the_windows_in_the_checkout(replayed, tmp_path):
    folder = tmp_path / "project/made/windows"
    folder.mkdir(parents=True)
    for week in ("2013-W44", "2013-W45"):
        (folder / f"{week}.parquet").touch()
    given = [*WITHOUT_FREQUENCY[:3], "2013-11-19", *WITHOUT_FREQUENCY[4:], "--out", str(tmp_path / "out")]

    CliRunner().invoke(drift, ["replay", *given], catch_exceptions=False)

    assert replayed["times"] == ["2013-11-04", "2013-11-11", "2013-11-18"]


def test_replay_command_without_frequency_and_without_windows_says_to_give_it(replayed, tmp_path):
    done = CliRunner().invoke(drift, ["replay", *WITHOUT_FREQUENCY, "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "give `--every`" in done.output
    assert "times" not in replayed


def test_change_without_a_value_is_refused():
    with pytest.raises(Exception, match="'max_age' is not KEY=VALUE"):
        _parse_change("max_age")
