"""The cache objects that a content consists of."""

from __future__ import annotations

import hashlib

import pytest

from trimtab.pipeline.cache.cache import DvcCache
from trimtab.pipeline.cache.cache_objects import CacheObjects
from trimtab.pipeline.cache.stored_contents import StoredContents
from trimtab.pipeline.lock.content import ContentError


@pytest.fixture
def stored(project):
    """The contents of a cache with a file and a folder, and the paths of their objects."""
    checkout = project({})
    checkout.write({"file": "one\n", "folder/a": "one\n", "folder/deep/b": "two\n"})
    with checkout.dvc() as repo:
        cache = DvcCache(repo)
        contents = {name: cache.put(checkout.root / name) for name in ("file", "folder")}
        kinds = {
            legacy: CacheObjects(repo, legacy=legacy, intact=repo.state, disposable=False)
            for legacy in (False, True)
        }
        yield StoredContents(kinds), contents, checkout.cache_object


def corrupt(path, content=b"#"):
    path.chmod(0o644)
    path.write_bytes(content)


def test_file_is_one_object(stored):
    contents, known, _ = stored
    md5 = known["file"]["md5"]
    assert contents.files(known["file"]) == {".": md5}
    assert contents.hashes(known["file"]) == [md5]


def test_folder_is_an_object_for_each_file_and_its_listing_last(stored):
    contents, known, _ = stored
    files = contents.files(known["folder"])
    assert set(files) == {"a", "deep/b"}
    assert files["a"] == known["file"]["md5"]
    assert contents.hashes(known["folder"]) == [*files.values(), known["folder"]["md5"]]


def test_content_with_every_object_is_not_missing(stored):
    contents, known, _ = stored
    assert [contents.is_missing(content) for content in known.values()] == [False, False]


@pytest.mark.parametrize("lost", ["a file", "the listing"])
def test_folder_that_lacks_an_object_is_missing(stored, lost):
    contents, known, path = stored
    oid = known["folder"]["md5"] if lost == "the listing" else contents.files(known["folder"])["deep/b"]
    path(oid).unlink()
    assert contents.is_missing(known["folder"])


def test_content_without_a_hash_is_missing(stored):
    contents, _, _ = stored
    assert contents.is_missing({"size": 1})


def test_truncated_listing_is_missing_and_removed(stored):
    contents, known, path = stored
    listing = path(known["folder"]["md5"])
    corrupt(listing, listing.read_bytes()[:-9])

    assert contents.is_missing(known["folder"])
    assert not listing.exists()


def test_listing_that_is_intact_and_leads_out_of_the_folder_is_refused(stored):
    contents, _, path = stored
    content = b'[{"md5": "5bbf5a52328e7439ae6e719dfe712200", "relpath": "../outside"}]'
    oid = f"{hashlib.md5(content).hexdigest()}.dir"
    path(oid).parent.mkdir(exist_ok=True)
    path(oid).write_bytes(content)

    with pytest.raises(ContentError):
        contents.is_missing({"hash": "md5", "md5": oid})


def test_corrupt_object_is_removed_and_reported_once(stored):
    contents, known, path = stored
    corrupt(path(known["file"]["md5"]))

    assert contents.remove_corrupt(known["file"])
    assert not path(known["file"]["md5"]).exists()


def test_intact_content_is_not_removed(stored):
    contents, known, path = stored
    assert not contents.remove_corrupt(known["folder"])
    assert all(path(oid).exists() for oid in contents.hashes(known["folder"]))
