"""Files of a recorded run, brought back."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from trimtab.errors import StageError
from trimtab.pipeline.record.recorded_files import outputs_of


@pytest.fixture
def recorded(project):
    """A checkout whose run is recorded, and has since gone on."""
    checkout = project(ran=True)
    run = checkout.run_all({"judge.limit": 0.9})
    checkout.edit("data/source.txt", "source", "later")
    checkout.commit()
    return checkout, run.record.commit


def test_outputs_are_those_of_the_run_for_as_long_as_needed(recorded):
    checkout, commit = recorded
    before, here = checkout.state(), Path.cwd()

    wanted = ["data/clean.txt", "report", "metrics.json"]
    with outputs_of(checkout.root, commit, lambda graph: wanted) as (folder, _):
        assert (folder / "data/clean.txt").read_text() == "  rows: 3  # lines, at least 1\nsource\n"
        assert (folder / "report/report.json").read_text() == '{"bytes":38}\n'
        assert (folder / "metrics.json").read_text() == '{"bytes":38}'
        assert not (folder / "data/rows.txt").exists()
        assert Path.cwd() == folder
        (folder / "report/report.json").write_text("scribbled on")

    assert not folder.exists()
    assert (checkout.state(), Path.cwd()) == (before, here)


def test_graph_is_the_one_of_the_run(project):
    checkout = project(ran=True)
    checkout.edit("dvc.yaml", "Draw the rows.", "Judge by ${judge.limit}.")
    run = checkout.run_all({"judge.limit": 0.9})
    seen = []

    with outputs_of(checkout.root, run.record.commit, lambda graph: seen.append(graph) or []) as (_, graph):
        assert seen == [graph]

    assert graph.stage("draw").desc == "Judge by 0.9."


def test_output_that_is_not_in_the_cache_is_named(recorded):
    checkout, commit = recorded
    entry = YAML(typ="safe").load(checkout.show(commit, "dvc.lock"))["stages"]["clean"]
    checkout.cache_object(entry["outs"][0]["md5"]).unlink()

    with (
        pytest.raises(StageError, match=r"'data/clean\.txt'") as failure,
        outputs_of(checkout.root, commit, lambda graph: ["data/clean.txt"]),
    ):
        pass

    assert "data/clean.txt" in failure.value.where


def test_path_that_is_no_output_is_named(recorded):
    checkout, commit = recorded

    with (
        pytest.raises(StageError, match=r"no output data/none\.txt") as failure,
        outputs_of(checkout.root, commit, lambda graph: ["data/none.txt"]),
    ):
        pass

    assert "data/none.txt" in failure.value.where
