"""Cache objects: each is a file whose name is the hash of its content. It is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trimtab.atomic_write import atomic_path, temporary_path
from trimtab.pipeline.dvc_compat import (
    FileInfo,
    clone_file,
    file_md5,
    hash_info,
    link_files,
)

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.db import HashFileDB
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.state import StateBase

ObjectState = Literal["intact", "absent", "altered"]


class CacheObjects:
    """The cache objects of one kind.

    Args:
        repo: An open repository.
        legacy: The objects that DVC 2 hashed, instead of those of DVC 3.
        intact: The hash database that remembers which objects are intact.
        disposable: Whether files that are added may be moved into the cache instead of copied.

    Attributes:
        odb: DVC's own access to them.
    """

    def __init__(self, repo: Repo, *, legacy: bool, intact: StateBase, disposable: bool) -> None:
        self._fs, self._state = repo.fs, repo.state
        self._hash_name = "md5-dos2unix" if legacy else "md5"
        self._intact = intact
        self._disposable = disposable
        self._replacing = threading.Lock()
        self.odb: HashFileDB = repo.cache.legacy if legacy else repo.cache.local

    def path(self, oid: str) -> Path:
        """Return the path of the object of a hash; it need not exist."""
        return Path(self.odb.oid_to_path(oid))

    def seems_intact(self, oid: str, *, size: int | None = None) -> bool:
        """Whether an object exists, and its file looks unchanged or has the right hash."""
        try:
            about = self.path(oid).stat()
        except FileNotFoundError:
            return False
        untouched = stat.S_IMODE(about.st_mode) == self.odb.CACHE_MODE
        return (untouched and size in (None, about.st_size)) or self.is_intact(oid)

    def is_intact(self, oid: str) -> bool:
        """Whether an object exists and has the right hash. A corrupt one is removed.

        DVC trusts each object that is read-only. This method hashes it once, and again after its file has
        changed.
        """
        path = self.path(oid)
        try:
            info = self._fs.info(str(path))
            _, known = self._intact.get(str(path), self._fs, info)
            if known is not None and (known.name, known.value) == (self._hash_name, oid):
                return True
            if file_md5(str(path), self._fs, hash_name=self._hash_name) != oid.removesuffix(".dir"):
                self._remove(path, info)
                return False
        except FileNotFoundError:
            return False
        self.mark_intact(oid)
        return True

    def mark_intact(self, oid: str) -> None:
        """Write to the hash database that an object is intact: it has just been hashed or written."""
        self._intact.save(str(self.path(oid)), self._fs, self._hash_info(oid))

    def add(self, sources: Mapping[str, Path]) -> None:
        """Add files to the cache.

        Args:
            sources: Each file by its hash.
        """
        new = {oid: path for oid, path in sources.items() if not self.is_intact(oid)}
        if self._disposable:
            for oid, path in new.items():
                if path.is_symlink() or path.stat().st_nlink > 1:  # another path leads to it too
                    continue
                target = self.path(oid)
                self.odb.makedirs(str(target.parent))
                with contextlib.suppress(OSError):  # another file system: copied below
                    path.replace(target)
        copy = _Copy()
        for oid, path in new.items():
            target = self.path(oid)
            if not target.exists():
                self._write(target, partial(copy, str(path)))
            self.odb.protect(str(target))
        # One call: a call for each file takes a third of the time of a folder of many files.
        known = [(str(self.path(oid)), self._hash_info(oid), None) for oid in new]
        self._intact.save_many(known, self._fs)

    def add_listing(self, oid: str, listing: bytes) -> None:
        """Add the listing of a folder.

        Args:
            oid: The folder's hash.
            listing: The listing, as DVC writes it.
        """
        if not self.is_intact(oid):
            self._write(self.path(oid), lambda part: Path(part).write_bytes(listing))
            self.mark_intact(oid)

    def link(self, files: Mapping[Path, str], *, links: Iterable[str]) -> None:
        """Link objects into the workspace, and write their hashes to DVC's hash database.

        Args:
            files: Each target path with the hash of its object.
            links: The link types to try, in order.
        """
        for folder in {path.parent for path in files}:
            folder.mkdir(parents=True, exist_ok=True)
        # A file is replaced once its successor exists, since a link can fail.
        parts = {path: temporary_path(path.parent) if os.path.lexists(path) else path for path in files}
        sources = [str(self.path(oid)) for oid in files.values()]
        try:
            link_files(self._fs, sources, [str(part) for part in parts.values()], links=list(links))
        except BaseException:
            for path, part in parts.items():
                if part is not path:
                    part.unlink(missing_ok=True)
            raise
        for path, part in parts.items():
            if part is not path:
                part.replace(path)
                part.unlink(missing_ok=True)  # it still exists if both are links to one file
        if not self._disposable:
            known = [
                (str(path), self._hash_info(oid), self._fs.info(str(path))) for path, oid in files.items()
            ]
            self._state.save_many(known, self._fs)

    def _write(self, target: Path, write: Callable[[str], object]) -> None:
        """Write an object, whole or not at all. DVC leaves half a file on a full disk."""
        self.odb.makedirs(str(target.parent))
        with atomic_path(target, lock=self._replacing) as part:
            write(str(part))
            self.odb.protect(str(part))

    def _remove(self, path: Path, info: FileInfo) -> None:
        """Remove a corrupt object, unless another thread has replaced it by an intact one."""
        with self._replacing, contextlib.suppress(FileNotFoundError):
            about = path.stat()
            if (about.st_ino, about.st_mtime) == (info["ino"], info["mtime"]):
                path.unlink()

    def _hash_info(self, oid: str) -> HashInfo:
        return hash_info(self._hash_name, oid)


def check_object(odb: HashFileDB, oid: str, *, size: int | None, rehash: bool) -> ObjectState:
    """Check one copy of an object; a corrupt copy is not removed.

    Args:
        odb: The cache or the remote that holds the copy.
        oid: The object's hash.
        size: Its expected size in bytes, if known.
        rehash: Read the copy and compare its hash; otherwise only the size is compared.
    """
    path = odb.oid_to_path(oid)
    try:
        if rehash:
            intact = file_md5(path, odb.fs, hash_name=odb.hash_name) == oid.removesuffix(".dir")
        else:
            intact = size in (None, odb.fs.info(path)["size"])
    except FileNotFoundError:
        return "absent"
    return "intact" if intact else "altered"


class _Copy:
    """Copies files by reflinks until one fails, then as usual: a failed reflink costs as much as a copy."""

    def __init__(self) -> None:
        self._clones = True

    def __call__(self, source: str, target: str) -> None:
        if self._clones:
            try:
                clone_file(source, target)  # whose permissions are those of a new file
            except OSError:
                self._clones = False
            else:
                return
        shutil.copyfile(source, target)
