"""S3 object lock: locked versions of objects, which nobody can alter or delete before their date.

A locked object can still be hidden by a delete marker or by a newer version. So a restore looks for the
version whose hash is the one in the name. Mode COMPLIANCE: not even the owner of the bucket can shorten it.
See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from trimtab.registry.retention.file_system import FileSystem

MODE = "COMPLIANCE"
NO_LOCK = {"NoSuchObjectLockConfiguration", "MethodNotAllowed"}  # codes of errors for an object without one


class ObjectLock:
    """The object lock of a bucket.

    Args:
        fs: DVC's file system for S3.
    """

    def __init__(self, fs: FileSystem) -> None:
        self._s3 = fs.fs  # of s3fs

    @classmethod
    def find(cls, fs: FileSystem, path: str) -> ObjectLock | None:
        """Return the lock of the bucket of a path; None if it has none that these credentials can see.

        Args:
            fs: DVC's file system.
            path: A path in it.
        """
        if fs.protocol != "s3":
            return None
        lock = cls(fs)
        try:
            found = lock._call("get_object_lock_configuration", path, bucket_only=True)
        except OSError as err:
            if _code(err):  # it answers: the bucket has no lock, or these credentials may not ask
                return None
            raise
        return (
            lock if found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled" else None
        )

    def extend(self, path: str, until: datetime) -> None:
        """Lock the newest version of an object until a time, unless it is locked for longer already."""
        retention = {"Mode": MODE, "RetainUntilDate": until}
        try:
            self._call("put_object_retention", path, Retention=retention)
        except OSError:
            locked = self.locked_until(path)
            if locked is None or locked < until:
                raise

    def locked_until(self, path: str) -> datetime | None:
        """Return until when the newest version of an object is locked; None if it is not."""
        try:
            found = self._call("get_object_retention", path).get("Retention", {})
        except OSError as err:
            if isinstance(err, FileNotFoundError) or _code(err) in NO_LOCK:
                return None
            raise
        if found.get("Mode") != MODE:
            return None
        until: datetime = found["RetainUntilDate"]
        return until.astimezone(UTC)

    def versions(self, path: str) -> Iterator[str]:
        """Yield the ids of the versions of an object, those before a delete marker too; the newest first."""
        _, key, _ = self._s3.split_path(path)
        for found in self._list(path):
            if found["Key"] == key:
                yield found["VersionId"]

    def names_below(self, folder: str) -> set[str]:
        """Return the paths of all objects that a folder has had, even of those that were deleted."""
        bucket, _, _ = self._s3.split_path(folder)
        return {f"{bucket}/{found['Key']}" for found in self._list(f"{folder}/")}

    def get_version(self, path: str, version: str, target: str) -> None:
        """Download a version of an object."""
        self._s3.get_file(path, target, version_id=version)

    def _list(self, path: str) -> Iterator[Any]:
        bucket, prefix, _ = self._s3.split_path(path)
        more: dict[str, str] = {}
        while True:
            page = self._s3.call_s3("list_object_versions", Bucket=bucket, Prefix=prefix, **more)
            yield from page.get("Versions", [])
            if not page.get("IsTruncated"):
                return
            more = {
                "KeyMarker": page["NextKeyMarker"],
                "VersionIdMarker": page["NextVersionIdMarker"],
            }

    def _call(self, method: str, path: str, *, bucket_only: bool = False, **more: object) -> Any:
        bucket, key, _ = self._s3.split_path(path)
        return self._s3.call_s3(method, Bucket=bucket, **({} if bucket_only else {"Key": key}), **more)


def _code(err: OSError) -> str:
    """Return S3's code of an error; s3fs raises an ``OSError`` from botocore's."""
    response = getattr(err.__cause__ or err, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
