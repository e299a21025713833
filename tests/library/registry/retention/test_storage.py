"""The medium of a copy, and whether it is on another host."""

from __future__ import annotations

import pytest

from trimtab.registry.retention.backup_location import BackupLocation
from trimtab.registry.retention.storage import Storage


@pytest.mark.parametrize(
    ("address", "medium", "off_site"),
    [
        ("http://127.0.0.1:5000", "disk", False),
        ("http://localhost:5000", "disk", False),
        ("https://mlflow.example.com", "server", True),
        ("sqlite:////srv/mlflow.db", "disk", False),
    ],
)
def test_service_of_this_machine_is_a_disk(address, medium, off_site):
    assert Storage.at(address) == Storage(medium, off_site)


@pytest.mark.parametrize(
    ("endpoint", "off_site"), [("", True), ("http://127.0.0.1:8333", False), ("https://s3.example.com", True)]
)
def test_bucket_is_off_site_unless_its_server_is_on_this_host(monkeypatch, tmp_path, endpoint, off_site):
    from dvc.config import Config

    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    config = Config(validate=False)

    assert BackupLocation.open("s3://bucket/folder", config=config).storage == Storage("s3", off_site)
    assert BackupLocation.open(str(tmp_path), config=config).storage == Storage("disk", off_site=False)
