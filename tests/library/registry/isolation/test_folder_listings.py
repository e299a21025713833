"""The files of folders: from the cache, or from a commit."""

from __future__ import annotations

import hashlib

import pytest

from trimtab.errors import StageError
from trimtab.registry.isolation.folder_listings import open_listings

MISSING = {"md5": "0" * 32 + ".dir"}


def test_folder_of_a_commit_has_the_hashes_of_its_bytes(checkouts, tmp_path):
    checkout = checkouts["new"].copy(tmp_path / "project")
    (checkout.root / "code" / "inner").mkdir(parents=True)
    (checkout.root / "code" / "inner" / "a.txt").write_bytes(b"with\r\nreturns\n")
    checkout.commit("Code")
    head = checkout.git("rev-parse", "HEAD").strip()

    with open_listings(checkout.root) as listings:
        found = listings.files("code", MISSING, [head])

    assert found == {"inner/a.txt": hashlib.md5(b"with\r\nreturns\n").hexdigest()}


def test_folder_that_nobody_has_is_an_error(checkouts, tmp_path):
    checkout = checkouts["new"].copy(tmp_path / "project")
    head = checkout.git("rev-parse", "HEAD").strip()

    with open_listings(checkout.root) as listings, pytest.raises(StageError, match="is not in DVC's cache"):
        listings.files("nowhere", MISSING, [head, "f" * 40])


def test_no_folder_is_known_outside_of_a_project(tmp_path):
    for root in (None, tmp_path):
        with open_listings(root) as listings, pytest.raises(StageError, match="without its project"):
            listings.files("code", MISSING)
