"""The manifest of a backup."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.manifest import BackupManifest
from trimtab.registry.retention.restoration import restore

SHA = {"sha256": "ab" * 32, "size": 1}


@pytest.mark.parametrize(
    "said",
    [
        {"head": "--upload-pack=touch canary"},
        {"head": "-x"},
        {"head": "refs/heads/-f"},
        {"head": "refs/heads/a:b"},
        {"prefix": "../outside/"},
        {"prefix": "/etc/"},
        {"prefix": "-x/"},
        {"files": {"../outside": SHA}},
        {"files": {"/etc/passwd": SHA}},
        {"files": {"project/.git/hooks/post-checkout": SHA}},
        {"files": {"mlflow/../../outside": SHA}},
        {"files": {"mlflow/x": {"sha256": "../../../etc/passwd", "size": 1}}},
        {"files": {"mlflow/x": {}}},
        {"files": []},
        {"objects": {"../../outside": 1}},
        {"objects": {"files/md5/1b/../../../../x": 1}},
        {"unknown": 1},
    ],
    ids=str,
)
def test_backup_manifest_with_a_hostile_path_or_name_is_refused(hostile, tmp_path, said):
    with pytest.raises(RegistryError, match=r"names a (file|object|folder|head)|cannot be read"):
        restore(open_backup_location(str(hostile(**said))), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "outside").exists()


MANIFEST = BackupManifest(
    model="m",
    taken="2026-01-01T00:00:00+00:00",
    live={"1": "champion"},
    head="refs/heads/main",
    prefix="models/",
    files={"project.bundle": {"sha256": "ab" * 32, "size": 5}},
    objects={f"files/md5/ab/{'c' * 30}": 7},
    lacking=["m version 2: 'raw' is lost"],
)


def written(location, *manifests: bytes) -> list[str]:
    """Write manifests, and return their names."""
    names = [f"2026-0{n}-{hashlib.sha256(text).hexdigest()}.json" for n, text in enumerate(manifests, 1)]
    for name, text in zip(names, manifests, strict=True):
        location.write_manifest(name, text)
    return names


def test_manifest_is_read_as_it_was_written_and_the_newest_by_default(tmp_path):
    location = open_backup_location(str(tmp_path))
    newer = dataclasses.replace(MANIFEST, taken="2026-02-01T00:00:00+00:00")
    first, _ = written(location, MANIFEST.to_json(), newer.to_json())

    assert BackupManifest.read(location) == newer
    assert BackupManifest.read(location, name=first) == MANIFEST


def test_manifest_names_and_sizes_all_its_files():
    assert MANIFEST.names == [f"blobs/ab/{'ab' * 31}", f"files/md5/ab/{'c' * 30}"]
    assert MANIFEST.size == 12


def test_manifest_of_a_location_without_a_backup_is_none(tmp_path):
    assert BackupManifest.read(open_backup_location(str(tmp_path))) is None


def test_manifest_with_an_unknown_name_or_of_another_release_is_refused(tmp_path):
    location = open_backup_location(str(tmp_path))
    (name,) = written(location, MANIFEST.to_json().replace(b"trimtab.backup/1", b"trimtab.backup/9"))

    with pytest.raises(RegistryError, match=rf"has no backup '2025'[\s\S]*choose one of: {name}"):
        BackupManifest.read(location, name="2025")
    with pytest.raises(RegistryError, match="the format of another trimtab release"):
        BackupManifest.read(location)
