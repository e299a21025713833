"""A backup location: a folder, a bucket or a DVC remote, read and written with DVC's file systems.

======================== ======================================================================
``blobs/ab/cdef…``       files of MLflow and git, named by SHA-256
``files/md5/ab/cdef…``   objects of DVC, as in a DVC remote: ``dvc pull -r`` works with the location
``backups/<when>-<hash>`` the manifest of a backup, named by its SHA-256; it is written last
======================== ======================================================================

No file is ever overwritten. So a backup that fails cannot damage earlier backups.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
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
from trimtab.registry.retention.object_names import BACKUPS, matches_name

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

    def list_backups(self) -> list[str]:
        """Return the names of the backups, the oldest first."""
        with self._as_remote_errors():
            if not self._fs.exists(self._at(BACKUPS)):
                return []
            found = [PurePosixPath(path).name for path in self._fs.find(self._at(BACKUPS))]
        return sorted(name for name in found if name.endswith(".json"))

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
        with self._as_remote_errors():
            content: bytes = self._fs.cat_file(self._at(path))
        if hashlib.sha256(content).hexdigest() not in name:
            raise self._incomplete(path)
        return content

    def check(self, names: Iterable[str]) -> None:
        """Read all files, and compare their hashes with their names.

        Raises:
            RegistryError: A file is missing or altered; the message names it.
        """

        def is_intact(name: str) -> bool:
            with contextlib.suppress(FileNotFoundError), self._fs.open(self._at(name), "rb") as stream:
                return matches_name(stream, name)
            return False

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
            self._fs.get_file(self._at(name), str(target))
        with target.open("rb") as stream:
            if not matches_name(stream, name):
                raise self._incomplete(name)

    def write_manifest(self, name: str, content: bytes) -> None:
        """Write the manifest of a backup, which completes the backup."""
        with NamedTemporaryFile(prefix="trimtab-") as file:
            file.write(content)
            file.flush()
            with self._as_remote_errors():
                self._fs.put_file(file.name, self._at(f"{BACKUPS}/{name}"))

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


def open_backup_location(location: str) -> BackupLocation:
    """Open a backup location, with DVC's configuration of the project in the working directory, if any."""
    from dvc.config import Config

    in_project = (Path.cwd() / ".dvc").is_dir()
    config = read_dvc_config(Path.cwd()) if in_project else Config(validate=False)
    return BackupLocation.open(location, config=config)
