"""Outputs of a recorded run, checked out for a while."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from trimtab.errors import StageError
from trimtab.pipeline.record.recorded_files import open_recorded_outputs


@pytest.fixture
def recorded(project):
    """A checkout with a recorded run and later changes."""
    checkout = project(ran=True)
    run = checkout.run_all({"judge.limit": 0.9})
    checkout.edit("data/source.txt", "source", "later")
    checkout.commit()
    return checkout, run.record.commit


def test_recorded_outputs_exist_while_the_context_is_open(recorded):
    checkout, commit = recorded
    before, here = checkout.state(), Path.cwd()

    wanted = ["data/clean.txt", "report", "metrics.json"]
    with open_recorded_outputs(checkout.root, commit, lambda graph: wanted) as (folder, _):
        assert (folder / "data/clean.txt").read_text() == "  rows: 3  # lines, at least 1\nsource\n"
        assert (folder / "report/report.json").read_text() == '{"bytes":38}\n'
        assert (folder / "metrics.json").read_text() == '{"bytes":38}'
        assert not (folder / "data/rows.txt").exists()
        assert Path.cwd() == folder
        (folder / "report/report.json").write_text("scribbled on")

    assert not folder.exists()
    assert (checkout.state(), Path.cwd()) == (before, here)


def test_graph_of_recorded_outputs_is_that_of_the_run(project):
    checkout = project(ran=True)
    checkout.edit("dvc.yaml", "Draw the rows.", "Judge by ${judge.limit}.")
    run = checkout.run_all({"judge.limit": 0.9})
    seen = []

    with open_recorded_outputs(checkout.root, run.record.commit, lambda graph: seen.append(graph) or []) as (
        _,
        graph,
    ):
        assert seen == [graph]

    assert graph.stage("draw").desc == "Judge by 0.9."


def test_recorded_output_that_is_not_in_the_cache_is_named(recorded):
    checkout, commit = recorded
    entry = YAML(typ="safe").load(checkout.show(commit, "dvc.lock"))["stages"]["clean"]
    checkout.cache_object(entry["outs"][0]["md5"]).unlink()

    with (
        pytest.raises(StageError, match=r"'data/clean\.txt'") as failure,
        open_recorded_outputs(checkout.root, commit, lambda graph: ["data/clean.txt"]),
    ):
        pass

    assert "data/clean.txt" in failure.value.where


def test_recorded_path_that_is_no_output_is_named(recorded):
    checkout, commit = recorded

    with (
        pytest.raises(StageError, match=r"no output data/none\.txt") as failure,
        open_recorded_outputs(checkout.root, commit, lambda graph: ["data/none.txt"]),
    ):
        pass

    assert "data/none.txt" in failure.value.where
