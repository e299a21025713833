"""Stages of a checkout that are kept, restored or run, compared with `dvc repro`."""

from __future__ import annotations

import shutil

import pytest

from tests.library.pipeline.dvc_comparison import run_here, written_files
from tests.library.pipeline.stage_kinds import pipeline


def test_reverted_edit_is_restored_from_the_run_cache(project, as_dvc):
    checkout = project(ran=True)
    checkout.edit("params.yaml", "rows: 3", "rows: 555")
    assert as_dvc(checkout).ran == ["draw", "clean", "count", "judge"]
    checkout.edit("params.yaml", "rows: 555", "rows: 3")

    both = as_dvc(checkout)

    assert both.ran == []
    assert set(both.states.values()) == {"restored"}


def test_older_revision_is_restored_from_the_cache(project, as_dvc):
    checkout = project(ran=True)
    older = checkout.git("rev-parse", "HEAD")
    checkout.edit("params.yaml", "rows: 3", "rows: 5")
    as_dvc(checkout)
    checkout.commit()
    checkout.git("checkout", "--quiet", older)

    assert as_dvc(checkout).ran == []
    assert checkout.git("status", "--porcelain") == ""


@pytest.mark.parametrize("lost", ["data/rows.txt", "report", "report/report.json", "metrics.json"])
def test_removed_output_is_restored_from_the_cache(project, as_dvc, lost):
    checkout = project(ran=True)
    path = checkout.root / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    assert as_dvc(checkout).ran == []


@pytest.mark.parametrize("edited", ["data/rows.txt", "report/more.json", "metrics.json"])
def test_edited_output_is_restored_from_the_cache(project, as_dvc, edited):
    checkout = project(ran=True)
    checkout.write({edited: "edited"})

    assert as_dvc(checkout).ran == []


def test_output_that_is_gone_from_workspace_and_cache_is_made_again(project, as_dvc):
    checkout = project(ran=True)
    (checkout.root / "data" / "rows.txt").unlink()
    checkout.cache_object(checkout.locked("draw")["outs"][0]["md5"]).unlink()

    assert as_dvc(checkout).ran == ["draw"]


def test_output_with_a_corrupt_cache_object_is_made_again(project, as_dvc):
    checkout = project(ran=True)
    (checkout.root / "data" / "rows.txt").unlink()
    kept = checkout.cache_object(checkout.locked("draw")["outs"][0]["md5"])
    kept.chmod(0o644)
    kept.write_text("corrupt")

    assert as_dvc(checkout).ran == ["draw"]


@pytest.mark.parametrize("kind", ["corrupt", "gone", "gone from the cache alone"])
def test_local_run_fetches_nothing_from_the_remote(project, as_dvc, kind):
    checkout = project(pipeline("z: {cmd: cp source.txt z, deps: [source.txt], outs: [z]}"))
    as_dvc(checkout)
    nobody = (
        "[core]\n    remote = r\n['remote \"r\"']\n    url = s3://b/p\n    endpointurl = http://127.0.0.1:9\n"
    )
    checkout.write({".dvc/config": nobody})
    held = checkout.cache_object(checkout.locked("z")["outs"][0]["md5"])
    held.chmod(0o644)
    held.write_text("bad\n") if kind == "corrupt" else held.unlink()
    if kind != "gone from the cache alone":
        (checkout.root / "z").unlink()

    assert as_dvc(checkout).states["z"] == ("restored" if "alone" in kind else "ran")
    assert as_dvc(checkout).ran == []


def test_output_that_is_gone_from_the_cache_is_stored_again(project, tmp_path):
    checkout = project(ran=True)
    beside = checkout.copy(tmp_path / "beside")
    shutil.rmtree(checkout.root / ".dvc" / "cache" / "files")

    assert [outcome.state for outcome in run_here(checkout).values()] == ["restored"] * 2 + [
        "unchanged",
        "restored",
    ]
    assert written_files(checkout)["dvc.lock"] == written_files(beside)["dvc.lock"]
    assert written_files(checkout)["status"] == {}


def test_restored_stage_is_saved_in_the_run_cache(project, as_dvc):
    checkout = project(ran=True)
    shutil.rmtree(checkout.root / ".dvc" / "cache" / "runs")
    (checkout.root / "data" / "rows.txt").unlink()

    assert as_dvc(checkout).states["draw"] == "restored"


def test_removed_dvc_lock_is_written_again_from_the_run_cache(project, as_dvc):
    checkout = project(ran=True)
    (checkout.root / "dvc.lock").unlink()

    assert as_dvc(checkout).ran == []


@pytest.mark.parametrize("outs", ["[]", "[f.txt]"])
def test_frozen_stage_without_lock_entry_equals_dvc_repro(project, as_dvc, outs):
    checkout = project({"dvc.yaml": f"stages: {{f: {{cmd: echo 1 > f.txt, frozen: true, outs: {outs}}}}}\n"})
    checkout.write({"f.txt": "1\n"})

    as_dvc(checkout)
    as_dvc(checkout, force=True)
