"""Garbage collection removes unused cache objects and keeps used ones."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.cache.garbage_collection import dvc_file_texts, find_unused_objects

DAYS = 30


def age(root: Path, days: float) -> None:
    """Set the modification time of each cache object to some days ago."""
    then = time.time() - days * 24 * 3600
    for file in (root / ".dvc" / "cache" / "files").rglob("*"):
        os.utime(file, (then, then))


def found(checkout, kept=(), *, days: int = DAYS) -> set[str]:
    with find_unused_objects(checkout.root, kept, days=days) as unused:
        assert not unused.skip_reason
        return {file.parent.name + file.name for file in unused.objects}


def hashes(checkout, stage: str) -> set[str]:
    return {out["md5"] for out in checkout.locked(stage)["outs"]}


def changed(checkout, word: str) -> set[str]:
    """Run with other rows, and return the objects of the former run that are unused now."""
    before = hashes(checkout, "draw") | hashes(checkout, "clean") | hashes(checkout, "judge")
    checkout.edit("params.yaml", "rows: 3", f"rows: {word}")
    checkout.repro()
    return before - hashes(checkout, "draw") - hashes(checkout, "clean") - hashes(checkout, "judge")


def test_objects_in_the_workspaces_dvc_lock_are_kept_and_former_ones_removed(project):
    checkout = project(ran=True)
    gone = changed(checkout, "5")
    checkout.commit("Five")
    checkout.git("update-ref", "-d", "refs/heads/none")
    age(checkout.root, DAYS + 1)

    assert gone <= found(checkout)
    assert not found(checkout) & hashes(checkout, "clean")


def test_objects_younger_than_a_run_are_kept(project):
    checkout = project(ran=True)
    changed(checkout, "5")

    age(checkout.root, DAYS - 1)

    assert found(checkout) == set()


@pytest.mark.parametrize("how", ["branch", "tag", "stash", "worktree", "text"])
def test_object_is_kept_by_each_text_that_contains_its_hash(project, tmp_path, how):
    checkout = project(ran=True)
    lock = checkout.lock()
    first = checkout.git("rev-parse", "HEAD")
    gone = changed(checkout, "5")
    checkout.commit("Five")
    age(checkout.root, DAYS + 1)
    assert gone <= found(checkout)

    if how == "branch":
        checkout.git("branch", "kept", first)
    elif how == "tag":
        checkout.git("-c", "user.name=a", "-c", "user.email=b", "tag", "-a", "kept", first, "-m", "a tag")
    elif how == "stash":
        checkout.write({"dvc.lock": lock})
        checkout.git("-c", "user.name=a", "-c", "user.email=b", "stash")
    elif how == "worktree":
        checkout.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "other"), first)

    assert not found(checkout, [lock] if how == "text" else ()) & gone


def test_files_of_a_folder_are_kept_with_its_listing(project):
    checkout = project(ran=True)
    age(checkout.root, DAYS + 1)
    (listing,) = hashes(checkout, "judge") - {out for out in hashes(checkout, "judge") if ".dir" not in out}
    members = checkout.cache_object(listing).read_text()

    assert not any(oid in members for oid in found(checkout))


def test_outputs_of_a_plan_and_of_a_stage_are_kept_by_their_leases(project):
    checkout = project(ran=True)
    run = checkout.run_all({"draw.rows": 7})
    again = checkout.plan({"draw.rows": 7})
    age(checkout.root, DAYS + 1)
    made = {out["md5"] for entry in run.entries.values() for out in entry["outs"]}

    assert again.unchanged.keys() == run.entries.keys()
    assert not found(checkout) & made, "leased by the run"
    for file in (checkout.root / ".dvc/tmp/trimtab/leases").glob("????-??-??"):
        file.rename(file.with_name("2020-01-01"))
    assert found(checkout) & made, "the leases have run out, and a record alone keeps nothing"
    assert not found(checkout, dvc_file_texts(checkout.root, [run.record.commit])) & made


def test_cache_outside_of_the_project_is_skipped(project, tmp_path):
    checkout = project(ran=True)
    checkout.write({".dvc/config.local": f"[cache]\n    dir = {tmp_path / 'shared'}\n"})

    with find_unused_objects(checkout.root, (), days=DAYS) as unused:
        assert (unused.objects, "outside the project" in unused.skip_reason) == ({}, True)


def test_two_garbage_collections_run_one_after_the_other(project):
    checkout = project(ran=True)

    with (
        find_unused_objects(checkout.root, (), days=DAYS),
        pytest.raises(ProjectError, match=r"lock[\s\S]*nothing has been removed"),
        find_unused_objects(checkout.root, (), days=DAYS),
    ):
        pass
