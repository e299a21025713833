"""A location of backups: no file is overwritten, and each name is the hash of its file."""

from __future__ import annotations

import hashlib

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.object_names import blob_name


@pytest.mark.slow
def test_backup_location_works_as_a_dvc_remote(world, vault, tmp_path):
    copy = world.copy(tmp_path / "world")
    with copy.checkout.dvc() as repo:
        oid = copy.checkout.locked("train")["outs"][0]["md5"]
        assert (vault / "files" / "md5" / oid[:2] / oid[2:]).exists()
        assert repo is not None


@pytest.fixture
def location(tmp_path):
    return open_backup_location(str(tmp_path / "vault"))


@pytest.fixture
def blob(tmp_path):
    """Return a file and the name that its content has in a location."""
    file = tmp_path / "file"
    file.write_bytes(b"content")
    return blob_name(hashlib.sha256(b"content").hexdigest()), file


def test_backup_location_returns_the_file_that_was_put(location, blob, tmp_path):
    name, file = blob
    assert location.missing({name: 7}) == [name]

    assert location.put({name: file}) == []

    assert location.missing({name: 7}) == []
    assert location.missing({name: 8}) == [name], "another size is another file"
    location.check([name])
    location.get(name, tmp_path / "new" / "copy")
    assert (tmp_path / "new" / "copy").read_bytes() == b"content"


def test_backup_location_writes_no_file_under_a_name_that_is_not_its_hash(location, blob, tmp_path):
    _, file = blob
    wrong = blob_name("0" * 64)

    assert location.put({wrong: file}) == [wrong]

    assert not (tmp_path / "vault" / wrong).exists()


def test_backup_location_names_a_file_that_was_altered_and_one_that_is_missing(location, blob, tmp_path):
    name, file = blob
    location.put({name: file})
    (tmp_path / "vault" / name).write_bytes(b"changed")
    missing = blob_name("0" * 64)

    with pytest.raises(RegistryError, match=f"missing or altered files: {missing}, {name}"):
        location.check([name, missing])
    with pytest.raises(RegistryError, match=name):
        location.get(name, tmp_path / "copy")


def test_backup_location_lists_manifests_oldest_first_and_refuses_an_altered_one(location, tmp_path):
    assert location.list_backups() == []
    names = [f"{day}-{hashlib.sha256(b'{}').hexdigest()}.json" for day in ("2026-02", "2026-01")]
    for name in names:
        location.write_manifest(name, b"{}")

    assert location.list_backups() == names[::-1]
    assert location.read_manifest(names[0]) == b"{}"
    (tmp_path / "vault" / "backups" / names[0]).write_bytes(b"[]")
    with pytest.raises(RegistryError, match="missing or altered files: backups/2026-02"):
        location.read_manifest(names[0])
