"""A backup location: a folder, a bucket or a DVC remote, read and written with DVC's file systems.

======================== ======================================================================
``blobs/ab/cdef…``       files of MLflow and git, named by SHA-256
``files/md5/ab/cdef…``   objects of DVC, as in a DVC remote: ``dvc pull -r`` works with the location
``backups/<when>-<hash>`` the manifest of a backup, named by its SHA-256; it is written last
======================== ======================================================================

No file is ever overwritten. So a backup that fails cannot damage earlier backups. In a bucket with object
lock, a file that somebody has deleted or overwritten is read from its locked version.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Self, TypeVar

from trimtab.errors import RegistryError
from trimtab.registry.retention.file_system import (
    DvcConfig,
    FileSystem,
    as_remote_errors,
    open_file_system,
    read_dvc_config,
)
from trimtab.registry.retention.object_lock import ObjectLock
from trimtab.registry.retention.object_names import BACKUPS, matches_name
from trimtab.registry.retention.storage import Storage

MOST_NAMES = 10  # in a message

T = TypeVar("T")


class BackupLocation:
    """A location for backups.

    Args:
        fs: DVC's file system.
        path: The folder in it.

    Attributes:
        shown: The location's name in messages.
    """

    def __init__(self, fs: FileSystem, path: str) -> None:
        self.shown = str(fs.unstrip_protocol(path))
        self._fs, self._path = fs, path

    @classmethod
    def open(cls, location: str, *, config: DvcConfig) -> Self:
        """Open a location.

        Args:
            location: The name of a DVC remote, a folder, or an address that DVC has a file system for.
            config: DVC's configuration.
        """
        fs, path = open_file_system(location, config)
        return cls(fs, path)

    @property
    def storage(self) -> Storage:
        """What kind of storage it is, and where."""
        return Storage.of(self._fs)

    def list_backups(self) -> list[str]:
        """Return the names of the backups, the oldest first."""
        folder = self._at(BACKUPS)
        with self._as_remote_errors():
            paths = set(self._fs.find(folder)) if self._fs.exists(folder) else set()
            if self._lock:
                paths |= self._lock.names_below(folder)
        found = {PurePosixPath(path).name for path in paths}
        return sorted(name for name in found if name.endswith(".json"))

    def can_lock(self) -> bool:
        """Whether the location is in a bucket with object lock.

        Raises:
            RemoteError: The location does not answer.
        """
        with self._as_remote_errors():
            return self._lock is not None

    def lock(self, names: Iterable[str], until: datetime) -> None:
        """Lock files until a time. Those that are locked for longer stay so.

        Raises:
            RegistryError: The location is in no bucket with object lock.
            RemoteError: The location does not answer.
        """
        self.require_lock()
        with self._as_remote_errors():
            lock = self._lock
            assert lock, "the lock was required"
            for _ in self._each(lambda name: lock.extend(self._at(name), until), names):
                pass

    def require_lock(self) -> None:
        """Refuse a location that is in no bucket with object lock.

        Raises:
            RegistryError: It is not.
            RemoteError: The location does not answer.
        """
        if not self.can_lock():
            raise RegistryError(
                "The backup location has no object lock, and `recovery.lock_days` asks for one",
                where=self.shown,
                fix="create a bucket with object lock; permit s3:GetBucketObjectLockConfiguration; or set "
                "`recovery.lock_days` to 0. Nothing was written",
            )

    def locked_until(self, name: str) -> datetime | None:
        """Return until when a file is locked; None if it is not."""
        with self._as_remote_errors():
            return self._lock.locked_until(self._at(name)) if self._lock else None

    def missing(self, sizes: Mapping[str, int]) -> list[str]:
        """Return the names of files that do not exist, or have another size than given."""
        with self._as_remote_errors():
            return [name for name, size in self._each(self._size, sizes) if size != sizes[name]]

    def put(self, files: Mapping[str, Path]) -> list[str]:
        """Write files under their names, and return the names of those that do not match their content."""

        def put(name: str) -> bool:
            with files[name].open("rb") as stream:
                matches = matches_name(stream, name)
            if matches:
                self._fs.put_file(str(files[name]), self._at(name))
            return matches

        with self._as_remote_errors():
            return [name for name, matches in self._each(put, files) if not matches]

    def read_manifest(self, name: str) -> bytes:
        """Return the manifest of a backup.

        Raises:
            RegistryError: Its hash is not the one in its name.
        """
        path = f"{BACKUPS}/{name}"

        def is_named(file: Path) -> bool:
            return hashlib.sha256(file.read_bytes()).hexdigest() in name

        with tempfile.TemporaryDirectory(prefix="trimtab-") as folder, self._as_remote_errors():
            file = Path(folder, "manifest")
            if not self._download(path, file, is_named):
                raise self._incomplete(path)
            return file.read_bytes()

    def check(self, names: Iterable[str]) -> None:
        """Read all files, and compare their hashes with their names.

        Raises:
            RegistryError: A file is missing or altered; the message names it.
        """

        def is_intact(name: str) -> bool:
            with contextlib.suppress(FileNotFoundError), self._fs.open(self._at(name), "rb") as stream:
                if matches_name(stream, name):
                    return True
            if self._lock is None:
                return False
            with tempfile.TemporaryDirectory(prefix="trimtab-") as folder:
                return self._download(name, Path(folder, "file"), lambda file: _matches(file, name))

        with self._as_remote_errors():
            wrong = sorted(name for name, intact in self._each(is_intact, names) if not intact)
        if wrong:
            raise self._incomplete(*wrong)

    def get(self, name: str, target: Path) -> None:
        """Download a file.

        Raises:
            RegistryError: Its hash is not the one in its name.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._as_remote_errors():
            if not self._download(name, target, lambda file: _matches(file, name)):
                raise self._incomplete(name)

    def write_manifest(self, name: str, content: bytes) -> None:
        """Write the manifest of a backup, which completes the backup."""
        with NamedTemporaryFile(prefix="trimtab-") as file:
            file.write(content)
            file.flush()
            with self._as_remote_errors():
                self._fs.put_file(file.name, self._at(f"{BACKUPS}/{name}"))

    def _download(self, name: str, target: Path, is_intact: Callable[[Path], bool]) -> bool:
        """Download a file, or the version of it that is intact; return whether there is one."""
        with contextlib.suppress(FileNotFoundError):
            self._fs.get_file(self._at(name), str(target))
            if is_intact(target):
                return True
        lock = self._lock
        for version in lock.versions(self._at(name)) if lock else ():
            assert lock, "it has versions"
            lock.get_version(self._at(name), version, str(target))
            if is_intact(target):
                return True
        return False

    @cached_property
    def _lock(self) -> ObjectLock | None:
        return ObjectLock.find(self._fs, self._path)

    def _at(self, name: str) -> str:
        return str(self._fs.join(self._path, *name.split("/")))

    def _size(self, name: str) -> int | None:
        with contextlib.suppress(FileNotFoundError):
            size: int = self._fs.info(self._at(name))["size"]
            return size
        return None

    def _each(self, call: Callable[[str], T], names: Iterable[str]) -> Iterator[tuple[str, T]]:
        """Yield each name with the result of a call for it; the calls run in parallel."""
        listed = list(names)
        with ThreadPoolExecutor(min(self._fs.jobs, max(len(listed), 1))) as pool:
            yield from zip(listed, pool.map(call, listed), strict=True)

    def _incomplete(self, *names: str) -> RegistryError:
        more = f", and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        return RegistryError(
            f"The backup has missing or altered files: {', '.join(names[:MOST_NAMES])}{more}",
            where=self.shown,
            fix="restore an earlier backup or another copy; before the next backup, remove these files",
        )

    def _as_remote_errors(self) -> contextlib.AbstractContextManager[None]:
        return as_remote_errors(self.shown)


def _matches(file: Path, name: str) -> bool:
    with file.open("rb") as stream:
        return matches_name(stream, name)


def open_backup_location(location: str) -> BackupLocation:
    """Open a backup location, with DVC's configuration of the project in the working directory, if any."""
    from dvc.config import Config

    in_project = (Path.cwd() / ".dvc").is_dir()
    config = read_dvc_config(Path.cwd()) if in_project else Config(validate=False)
    return BackupLocation.open(location, config=config)
