"""Locked backups, in a bucket of a real S3 server: what nobody can delete, and what a restore still finds."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from trimtab.errors import RegistryError
from trimtab.registry.retention.backup_location import open_backup_location

pytestmark = pytest.mark.slow  # they need a server

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
TEXT = b"what a model was made of"
NAME = f"files/md5/{hashlib.md5(TEXT).hexdigest()[:2]}/{hashlib.md5(TEXT).hexdigest()[2:]}"


@pytest.fixture
def bucket(s3, monkeypatch, tmp_path):
    """A new bucket with object lock; it can never be emptied, and goes with the server."""
    for name, value in {**s3.credentials, "AWS_ENDPOINT_URL": s3.endpoint}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    name = f"locked-{uuid4().hex[:8]}"
    s3.client().create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def location(bucket):
    return open_backup_location(f"s3://{bucket}/vault")


@pytest.fixture
def locked(location, tmp_path):
    """A location with a locked file."""
    (tmp_path / "text").write_bytes(TEXT)
    location.put({NAME: tmp_path / "text"})
    location.lock([NAME], SOON)
    return location


def test_lock_of_a_file_is_seen(locked):
    assert locked.can_lock()
    assert locked.locked_until(NAME) == SOON


def test_locked_file_cannot_be_deleted_by_its_owner(s3, bucket, locked):
    (version,) = s3.client().list_object_versions(Bucket=bucket)["Versions"]

    with pytest.raises(ClientError, match="AccessDenied"):
        s3.client().delete_object(
            Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"], BypassGovernanceRetention=True
        )


def test_lock_is_extended_and_never_shortened(locked):
    later = SOON + timedelta(days=1)
    locked.lock([NAME], later)
    locked.lock([NAME], SOON)

    assert locked.locked_until(NAME) == later


def test_file_that_was_deleted_and_overwritten_is_read_from_its_locked_version(s3, bucket, locked, tmp_path):
    s3.client().put_object(Bucket=bucket, Key=f"vault/{NAME}", Body=b"encrypted by somebody else")
    s3.client().delete_object(Bucket=bucket, Key=f"vault/{NAME}")

    locked.check([NAME])
    locked.get(NAME, tmp_path / "restored")

    assert (tmp_path / "restored").read_bytes() == TEXT


def test_manifest_that_was_deleted_is_still_listed_and_read(s3, bucket, location):
    content = b"{}"
    name = f"2026-01-01T00-00-00-{hashlib.sha256(content).hexdigest()}.json"
    location.write_manifest(name, content)
    s3.client().delete_object(Bucket=bucket, Key=f"vault/backups/{name}")

    assert location.list_backups() == [name]
    assert location.read_manifest(name) == content


def test_file_without_an_intact_version_is_refused(s3, bucket, location, tmp_path):
    s3.client().put_object(Bucket=bucket, Key=f"vault/{NAME}", Body=b"never was anything else")

    with pytest.raises(RegistryError, match="missing or altered"):
        location.check([NAME])
    with pytest.raises(RegistryError, match="missing or altered"):
        location.get(NAME, tmp_path / "restored")


def test_bucket_without_object_lock_is_refused(s3, bucket):
    location = open_backup_location(f"{s3.bucket}/vault")

    assert not location.can_lock()
    with pytest.raises(RegistryError, match="has no object lock") as raised:
        location.lock([NAME], SOON)
    assert "Nothing was written" in str(raised.value)


def test_folder_has_no_lock(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    location = open_backup_location(str(tmp_path / "vault"))

    assert not location.can_lock()
    assert location.locked_until(NAME) is None
