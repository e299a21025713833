"""Data of `.dvc` files in a run of the checkout, compared with `dvc repro`."""

from __future__ import annotations

import shutil

import pytest

from tests.library.pipeline.dvc2 import as_dvc_2_left_it
from tests.library.pipeline.dvc_comparison import run_here, written_files
from tests.library.pipeline.stage_kinds import pipeline


@pytest.fixture
def added(project):
    """A project with data that `dvc add` tracks: a file and a folder."""
    checkout = project(
        pipeline("a: {cmd: 'cat data.csv raw/x > a.txt', deps: [data.csv, raw], outs: [a.txt]}")
    )
    checkout.write({"data.csv": "1\n", "raw/x": "x\n", "raw/y/z": "z\n"})
    with checkout.dvc() as repo:
        repo.add(["data.csv", "raw"])
    checkout.commit()
    return checkout


def test_edited_data_of_a_dvc_file_is_committed(added, as_dvc):
    assert as_dvc(added).ran == ["a"]
    added.write({"data.csv": "2\n"})
    assert as_dvc(added).ran == ["a"]
    added.write({"raw/y/new": "new\n"})
    assert as_dvc(added).ran == ["a"]
    assert as_dvc(added).ran == []


def test_missing_data_of_a_dvc_file_is_checked_out(added, as_dvc):
    as_dvc(added)
    before = added.state()
    (added.root / "data.csv").unlink()
    shutil.rmtree(added.root / "raw")

    run_here(added)

    assert added.state() == before


def test_data_of_a_dvc_file_that_is_gone_from_the_cache_is_stored_again(added, as_dvc):
    as_dvc(added)
    shutil.rmtree(added.root / ".dvc/cache/files")

    as_dvc(added)


def test_data_of_a_dvc_2_file_that_is_in_no_cache_is_stored(added, as_dvc):
    added.write({"data.csv": "1\r\n"})
    added.repro()
    as_dvc_2_left_it(added, stored=False)
    added.edit("dvc.yaml", "cat data.csv", "cat -u data.csv")

    assert as_dvc(added).ran == ["a"]
    assert as_dvc(added).ran == []


def test_run_of_all_stages_commits_edited_data_that_no_stage_reads(added, as_dvc):
    added.edit("dvc.yaml", "deps: [data.csv, raw]", "deps: [raw]")
    as_dvc(added)
    added.write({"data.csv": "2\n"})
    as_dvc(added, "a")
    assert "data.csv.dvc" in str(written_files(added)["status"])

    as_dvc(added)
    assert written_files(added)["status"] == {}


@pytest.mark.parametrize("target", ["data.csv.dvc", "raw.dvc"])
def test_dvc_file_as_target_is_committed_alone(added, as_dvc, target):
    as_dvc(added)
    added.write({"data.csv": "2\n", "raw/x": "xx\n"})

    assert as_dvc(added, target).ran == []
    assert as_dvc(added).ran == ["a"]


def test_data_that_only_a_frozen_stage_reads_is_not_committed(added, as_dvc):
    as_dvc(added)
    added.edit("dvc.yaml", "a: {", "a: {frozen: true, ")
    added.write({"data.csv": "2\n"})

    as_dvc(added, "a")
    as_dvc(added)
