"""The SHA-256 of files, folders and texts."""

from __future__ import annotations

import hashlib

import pytest

from trimtab.registry.tracking.file_hashes import hash_file, hash_folder, hash_model, hash_text
from trimtab.registry.tracking.mlflow_compat import DOWNLOAD_META_FILE


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model" / "sub").mkdir(parents=True)
    (tmp_path / "model" / "MLmodel").write_text("flavors: {}")
    (tmp_path / "model" / "sub" / "weights").write_bytes(b"\x00\x01")
    return tmp_path / "model"


def test_hash_of_a_file_and_of_its_text_is_sha256(tmp_path):
    (tmp_path / "file").write_text("größer")

    assert hash_file(tmp_path / "file") == hash_text("größer")
    assert hash_text("größer") == hashlib.sha256("größer".encode()).hexdigest()


def test_hash_of_a_folder_does_not_count_the_file_that_a_download_adds(folder):
    before = hash_folder(folder)
    (folder / DOWNLOAD_META_FILE).write_text("model_name: m")

    assert hash_folder(folder) == before


@pytest.mark.parametrize("change", ["content", "path", "added"])
def test_hash_of_a_folder_changes_with_each_path_and_content(folder, change):
    before = hash_folder(folder)
    if change == "content":
        (folder / "sub" / "weights").write_bytes(b"\x00\x02")
    elif change == "path":
        (folder / "sub" / "weights").rename(folder / "weights")
    else:
        (folder / "code.py").touch()

    assert hash_folder(folder) != before


def test_file_in_a_folder_inside_counts_whatever_its_name(folder):
    before = hash_folder(folder)
    (folder / "sub" / DOWNLOAD_META_FILE).write_text("code")

    assert hash_folder(folder) != before


def test_hash_of_a_model_is_that_of_its_file_or_folder(folder):
    assert hash_model(folder) == hash_folder(folder)
    assert hash_model(folder / "MLmodel") == hash_file(folder / "MLmodel")
