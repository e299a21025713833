"""The artifacts of MLflow in a backup: only new ones are read."""

from __future__ import annotations

import hashlib

import pytest
from dvc.config import Config

from trimtab.registry.retention.backup_artifacts import back_up_artifacts, describe_file
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.manifest import BackupManifest
from trimtab.registry.retention.object_names import blob_name


@pytest.fixture
def back_up(tmp_path):
    """Return a function that backs up the folder ``artifacts``, beside files of an earlier backup."""
    (tmp_path / "artifacts" / "1").mkdir(parents=True)
    (tmp_path / "artifacts" / "1" / "model").write_bytes(b"model")
    (tmp_path / "part").mkdir()
    location = open_backup_location(str(tmp_path / "vault"))

    def run(files=None):
        before = files and BackupManifest("m", "2026", {}, "refs/heads/main", "", files)
        artifacts, config = str(tmp_path / "artifacts"), Config(validate=False)
        return back_up_artifacts(artifacts, config, before, tmp_path / "part", location)

    return run


def test_artifact_is_written_under_its_hash_and_only_once(back_up, tmp_path):
    first = back_up()
    second = back_up(first.files)

    (file,) = first.files.values()
    assert list(first.files) == ["mlflow/artifacts/1/model"]
    assert (first.new_files, first.new_bytes) == (1, 5)
    assert (tmp_path / "vault" / blob_name(file["sha256"])).read_bytes() == b"model"
    assert (second.files, second.new_files) == (first.files, 0)


def test_artifact_that_the_location_has_lost_is_written_again(back_up, tmp_path):
    first = back_up()
    (file,) = first.files.values()
    (tmp_path / "vault" / blob_name(file["sha256"])).unlink()

    assert back_up(first.files).new_files == 1


def test_artifact_folder_that_does_not_exist_has_no_files(back_up, tmp_path):
    (tmp_path / "artifacts").rename(tmp_path / "elsewhere")

    assert back_up().files == {}


def test_local_file_is_described_by_hash_and_size(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")

    assert describe_file(tmp_path / "file") == {"sha256": hashlib.sha256(b"12345").hexdigest(), "size": 5}
