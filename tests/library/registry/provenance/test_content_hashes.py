from __future__ import annotations

import contextlib

import pytest
from dvc.repo import Repo

from trimtab.params_file import load_yaml
from trimtab.registry.provenance.content_hashes import content_hasher, hash_lock_files

STAGES = """
stages:
  make:
    cmd: mkdir -p out/sub && touch out/sub/b.txt out/c.tmp && echo a > out/a.txt && echo d > one
    outs: [out, one]
"""


@pytest.fixture
def root(tmp_path):
    """A DVC project that ignores temporary files, and whose stage has run."""
    (tmp_path / "dvc.yaml").write_text(STAGES)
    (tmp_path / ".dvcignore").write_text("*.tmp\n")
    Repo.init(str(tmp_path), no_scm=True, force=True).close()
    (tmp_path / ".dvcignore").write_text("*.tmp\n")
    with contextlib.chdir(tmp_path), Repo(str(tmp_path)) as repo:
        repo.reproduce()
    return tmp_path


def test_content_hash_of_a_folder_is_the_one_in_the_lock_when_dvcignore_excludes_a_file(root):
    (stage,) = load_yaml(root / "dvc.lock")["stages"].values()
    locked = {out["path"]: out["md5"] for out in stage["outs"]}

    with content_hasher(root) as hasher:
        assert {path: hasher.hash(path) for path in ("out", "one")} == locked


def test_content_hash_of_a_folder_changes_when_a_file_of_it_changes(root):
    with content_hasher(root) as hasher:
        before = hasher.hash("out")
        (root / "out" / "a.txt").unlink()
        (root / "out" / "a.txt").write_text("changed\n")

        assert hasher.hash("out") != before


def test_content_hash_of_a_missing_path_is_none(root):
    with content_hasher(root) as hasher:
        assert hasher.hash("nowhere") is None


def test_hash_of_lock_files_is_empty_when_one_is_missing(root):
    assert hash_lock_files(root, ["dvc.lock"])
    assert hash_lock_files(root, ["dvc.lock", "sub/dvc.lock"]) == ""
