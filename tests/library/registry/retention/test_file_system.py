"""DVC's file systems for backups."""

from __future__ import annotations

import pytest
from dvc.repo import Repo

from trimtab.errors import RegistryError, RemoteError
from trimtab.registry.retention.file_system import as_remote_errors, open_file_system, read_dvc_config


@pytest.fixture
def config(tmp_path):
    """The configuration of a project with the remote ``offsite``."""
    root = tmp_path / "project"
    root.mkdir()
    Repo.init(str(root), no_scm=True).close()
    (root / ".dvc" / "config").write_text(f"['remote \"offsite\"']\n    url = {tmp_path / 'remote'}\n")
    return read_dvc_config(root)


def test_file_system_is_opened_by_the_name_of_a_remote(config, tmp_path):
    fs, path = open_file_system("offsite", config)

    fs.makedirs(path)

    assert (tmp_path / "remote").is_dir()


def test_file_system_of_a_relative_folder_is_below_the_working_directory(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    _, path = open_file_system("vault", config)

    assert path == str(tmp_path / "vault")


def test_error_of_a_file_system_names_the_location():
    with (
        pytest.raises(RemoteError, match=r"did not answer: TimeoutError: 10 s[\s\S]*s3://b/f"),
        as_remote_errors("s3://b/f"),
    ):
        raise TimeoutError("10 s")


def test_error_of_the_library_is_raised_unchanged():
    with pytest.raises(RegistryError, match="The backup is altered"), as_remote_errors("s3://b/f"):
        raise RegistryError("The backup is altered")
