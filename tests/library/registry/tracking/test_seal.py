"""The seal of a version: tags and files are compared with it before they are used."""

from __future__ import annotations

import hashlib
import json

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.tracking.file_hashes import hash_file, hash_folder
from trimtab.registry.tracking.model_version import Version
from trimtab.registry.tracking.seal import (
    hash_seal,
    require_file,
    require_sealed_model,
    require_tags,
    write_seal,
)

TAGS = {"trimtab.key": "k", "trimtab.git_revision": "4f1c2d3"}


def sealed(tags: dict[str, str], files: dict[str, str] | None = None, **changed: str) -> Version:
    """Return a version that was sealed with tags, some of which were changed later."""
    return Version("m", 1, "run", False, "k", {}, {**tags, **changed}, write_seal(tags, files or {}))


@pytest.mark.parametrize("tag", ["trimtab.decision", "owner"])
def test_tags_that_are_set_after_registration_are_not_sealed(tag):
    require_tags(sealed(TAGS, **{tag: "alice"}))


@pytest.mark.parametrize(("seal", "problem"), [("", "has no seal"), ("forged", "cannot be read")])
def test_version_without_a_readable_seal_is_refused(seal, problem):
    with pytest.raises(RegistryError, match=rf"{problem}[\s\S]*publish the same content again"):
        require_tags(Version("m", 1, "run", False, "k", {}, TAGS, seal))


def test_file_is_refused_when_it_was_altered_or_never_registered(tmp_path):
    file = tmp_path / "params.yaml"
    file.write_text("train: {c: 1}")
    version = sealed(TAGS, {"params.yaml": hash_file(file)})
    require_file(version, "params.yaml", file)

    with pytest.raises(RegistryError, match=r"The file other\.yaml of m version 1 differs"):
        require_file(version, "other.yaml", file)
    file.write_text("train: {c: 2}")
    with pytest.raises(RegistryError, match=r"The file params\.yaml of m version 1 differs"):
        require_file(version, "params.yaml", file)


def test_model_folder_is_refused_when_a_file_was_added(tmp_path):
    (tmp_path / "MLmodel").write_text("flavors: {}")
    version = sealed({**TAGS, "trimtab.artifact_sha256": hash_folder(tmp_path)})
    require_sealed_model(version, tmp_path)
    (tmp_path / "loader.py").touch()

    with pytest.raises(
        RegistryError, match=r"differ from those that were registered[\s\S]*no file was loaded"
    ):
        require_sealed_model(version, tmp_path)


def test_seal_does_not_depend_on_the_order_of_tags_and_is_hashed_as_its_text():
    version = sealed(TAGS)

    assert write_seal(dict(reversed(TAGS.items())), {}) == version.seal
    assert set(json.loads(version.seal)) == {"files", "tags"}
    assert hash_seal(version) == hashlib.sha256(version.seal.encode()).hexdigest()
    assert hash_seal(Version("m", 1, "run", False, "k", {}, TAGS)) == ""
