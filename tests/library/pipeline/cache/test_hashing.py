"""Hashes of files and folders, and DVC's hash database."""

from __future__ import annotations

import os

import pytest

from trimtab.errors import StageError
from trimtab.pipeline.cache.hashing import Hasher


def test_hash_of_a_folder_changes_with_each_edit(project):
    checkout = project({"it/x": "one\n"})
    with checkout.dvc() as repo:
        hasher, seen = Hasher(repo), set()
        for path, text in {"it/x": "two\n", "it/y": "", "it/d/z": "", "it/d/z2": ""}.items():
            seen.add(hasher.hash(checkout.root / "it")["md5"])
            checkout.write({path: text})
        (checkout.root / "it/y").rename(checkout.root / "it/w")
        seen.add(hasher.hash(checkout.root / "it")["md5"])

    assert len(seen) == 5


def test_unchanged_file_is_not_read_again(project):
    checkout = project({"it/x": "one\n"})
    file = checkout.root / "it/x"
    with checkout.dvc() as repo:
        before = Hasher(repo).hash(checkout.root / "it")
        about = file.stat()
        with file.open("r+") as opened:  # as no editor does: same size, time and place
            opened.write("two\n")
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
        assert Hasher(repo).hash(checkout.root / "it") == before
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns + 10**6))
        assert Hasher(repo).hash(checkout.root / "it") != before


def test_hash_is_written_to_the_hash_database_of_dvc(project):
    checkout = project({"it/x": "one\n"})
    with checkout.dvc() as repo:
        Hasher(repo).hash(checkout.root / "it")
        path = str(checkout.root / "it/x")
        _, known = repo.state.get(path, repo.fs, repo.fs.info(path))

    assert known.value == "5bbf5a52328e7439ae6e719dfe712200"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: None, FileNotFoundError),
        (os.mkfifo, StageError),
        (lambda path: (path.mkdir(), (path / ".dvcignore").touch()), StageError),
    ],
    ids=["nothing", "pipe", "folder with rules of its own"],
)
def test_path_that_cannot_be_hashed_is_refused(project, make, error):
    checkout = project({})
    make(checkout.root / "it")
    with checkout.dvc() as repo, pytest.raises(error):
        Hasher(repo).hash(checkout.root / "it")
