"""Integrity check: an object is intact, altered or lost, in the cache and in the remote."""

from __future__ import annotations

import pytest

from trimtab.pipeline.record.integrity import IntegrityChecker
from trimtab.pipeline.record.required_objects import find_required_objects
from trimtab.pipeline.worktree.worktree import WorkTree


def faults(checkout, *, deep: bool = False) -> list[str]:
    with checkout.dvc() as repo:
        tree, inspector = WorkTree(repo), IntegrityChecker(deep=deep)
        return [
            f"{fault.path} {fault.what.split(':')[0]}"
            for need in find_required_objects(tree, checkout.graph())
            for fault in inspector.faults(tree, need)
        ]


@pytest.fixture
def checkout(project, tmp_path):
    checkout = project(ran=True)
    checkout.write(
        {".dvc/config.local": f"['remote \"r\"']\n    url = {tmp_path / 'r'}\n[core]\n    remote = r\n"}
    )
    with checkout.dvc() as repo:
        repo.push()
    return checkout


def remote_object(checkout, tmp_path, md5: str):
    return tmp_path / "r" / "files" / "md5" / md5[:2] / md5[2:]


def alter(path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(0o444)


def test_intact_objects_have_no_faults(checkout):
    assert faults(checkout) == faults(checkout, deep=True) == []


def test_object_with_one_copy_has_no_fault(checkout, tmp_path):
    rows = checkout.locked("draw")["outs"][0]["md5"]
    clean = checkout.locked("clean")["outs"][0]["md5"]
    checkout.cache_object(rows).unlink()
    remote_object(checkout, tmp_path, clean).unlink()

    assert faults(checkout) == []
    assert not checkout.cache_object(rows).exists(), "looking brings nothing"


def test_read_only_object_is_hashed_again(checkout):
    rows = checkout.locked("draw")["outs"][0]["md5"]
    alter(checkout.cache_object(rows), b"other\n")

    assert faults(checkout) == ["data/rows.txt is altered in the cache"]
    assert checkout.cache_object(rows).read_bytes() == b"other\n"


def test_object_without_a_copy_is_lost_and_each_file_of_a_folder_is_named(checkout, tmp_path):
    clean = checkout.locked("clean")["outs"][0]["md5"]
    report = next(out["md5"] for out in checkout.locked("judge")["outs"] if out["path"] == "report")
    with checkout.dvc() as repo:
        listed = WorkTree(repo).cache.listing({"hash": "md5", "md5": report})
    for md5 in (clean, *listed.values()):
        checkout.cache_object(md5).unlink()
        remote_object(checkout, tmp_path, md5).unlink()

    assert faults(checkout) == ["data/clean.txt is lost", "report/report.json is lost"]


@pytest.mark.parametrize(
    ("content", "deep", "seen"), [(b"c", False, True), (b"o" * 8, False, False), (b"o" * 8, True, True)]
)
def test_remote_objects_are_checked_by_size_and_by_hash_if_deep(checkout, tmp_path, content, deep, seen):
    out = checkout.locked("draw")["outs"][0]
    other = content if len(content) == 1 else b"o" * out["size"]
    alter(remote_object(checkout, tmp_path, out["md5"]), other)

    assert faults(checkout, deep=deep) == (["data/rows.txt is altered in the remote 'r'"] if seen else [])


def test_metric_that_git_keeps_is_checked_in_the_checkout(checkout):
    (metric,) = checkout.locked("count")["outs"]
    checkout.cache_object(metric["md5"]).unlink()  # where DVC's run cache has it
    assert faults(checkout) == []

    checkout.write({"metrics.json": "{}"})

    assert faults(checkout) == ["metrics.json is lost"]
