"""The settings of cache, remote and backup, as a drill records them."""

from __future__ import annotations

import pytest

from trimtab.registry.recovery.storage_settings import read_storage_settings
from trimtab.registry.retention.backup_location import BackupLocation
from trimtab.registry.retention.file_system import read_dvc_config

CONFIG = """
[core]
    remote = storage
[cache]
    dir = /srv/cache
    type = symlink
['remote "storage"']
    url = https://alice:s3cr3t@example.com/dvc
"""


@pytest.fixture
def read(checkouts, tmp_path):
    """Write DVC's configuration, and read the settings."""
    root = checkouts["new"].copy(tmp_path / "project").root

    def settings(config, local=""):
        (root / ".dvc" / "config").write_text(config)
        (root / ".dvc" / "config.local").write_text(local)
        location = BackupLocation.open(str(tmp_path / "vault"), config=read_dvc_config(root))
        return read_storage_settings(root, location)

    return settings


def test_settings_are_those_of_the_commit_without_credentials(read, tmp_path):
    assert read(CONFIG, local="[core]\n    remote = mine\n['remote \"mine\"']\n    url = /elsewhere\n") == {
        "backup location": str(tmp_path / "vault"),
        "object lock": "off",
        "default DVC remote": "storage",
        "DVC remote 'storage'": "https://example.com/dvc",
        "DVC cache, dir": "/srv/cache",
        "DVC cache, type": "symlink",
    }
