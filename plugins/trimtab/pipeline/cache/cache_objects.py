"""The objects of DVC's cache: each a file under the hash of its content, whole or not there."""

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

from trimtab.pipeline.dvc_compat import (
    FileInfo,
    clone_file,
    file_md5,
    hash_info,
    link_files,
    temporary_name,
)

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.db import HashFileDB
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.state import StateBase

State = Literal["intact", "absent", "altered"]


class Objects:
    """The objects of one kind.

    Args:
        repo: An open ``dvc.repo.Repo``.
        legacy: Those that DVC 2 hashed, instead of DVC 3's.
        intact: A ``dvc_data`` state database that remembers which of them were seen to be what their names
            say.
        disposable: Whether files that are added may be moved into the cache instead of copied.

    Attributes:
        odb: DVC's own view of them.
    """

    def __init__(self, repo: Repo, *, legacy: bool, intact: StateBase, disposable: bool) -> None:
        self._fs, self._state = repo.fs, repo.state
        self._hash_name = "md5-dos2unix" if legacy else "md5"
        self._intact = intact
        self._disposable = disposable
        self._replacing = threading.Lock()
        self.odb: HashFileDB = repo.cache.legacy if legacy else repo.cache.local

    def path(self, oid: str) -> Path:
        """Return where the object of a hash is, or would be."""
        return Path(self.odb.oid_to_path(oid))

    def look_intact(self, oid: str, *, size: int | None = None) -> bool:
        """Whether an object is there, and looks untouched or is what its name says."""
        try:
            about = self.path(oid).stat()
        except FileNotFoundError:
            return False
        untouched = stat.S_IMODE(about.st_mode) == self.odb.CACHE_MODE
        return (untouched and size in (None, about.st_size)) or self.is_intact(oid)

    def is_intact(self, oid: str) -> bool:
        """Whether an object is there and is what its name says; one that is not is removed.

        DVC trusts every object that is read-only. Here it is hashed once, and again when its file has
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
        self.remember(oid)
        return True

    def remember(self, oid: str) -> None:
        """Remember that an object is intact: it has just been checked, or made."""
        self._intact.save(str(self.path(oid)), self._fs, self._hash_info(oid))

    def add(self, sources: Mapping[str, Path]) -> None:
        """Add files, given by their hashes."""
        new = {oid: path for oid, path in sources.items() if not self.is_intact(oid)}
        if self._disposable:
            for oid, path in new.items():
                if path.is_symlink() or path.stat().st_nlink > 1:  # it is somebody else's too
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
        # All at once: one by one, it is a third of the time of a folder of many files.
        known = [(str(self.path(oid)), self._hash_info(oid), None) for oid in new]
        self._intact.save_many(known, self._fs)

    def add_listing(self, oid: str, listing: bytes) -> None:
        """Add what a folder holds."""
        if not self.is_intact(oid):
            self._write(self.path(oid), lambda part: Path(part).write_bytes(listing))
            self.remember(oid)

    def link(self, files: Mapping[Path, str], *, links: Iterable[str]) -> None:
        """Put files in their places, given by their hashes, which DVC's database gets to know."""
        for folder in {path.parent for path in files}:
            folder.mkdir(parents=True, exist_ok=True)
        # What is in place goes when its successor is there: not every file can be linked.
        parts = {path: path.with_name(temporary_name()) if os.path.lexists(path) else path for path in files}
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
                part.unlink(missing_ok=True)  # it is still there if both are links to one file
        if not self._disposable:
            known = [
                (str(path), self._hash_info(oid), self._fs.info(str(path))) for path, oid in files.items()
            ]
            self._state.save_many(known, self._fs)

    def _write(self, target: Path, write: Callable[[str], object]) -> None:
        """Write an object, whole or not at all; DVC leaves half a file where a disk is full."""
        self.odb.makedirs(str(target.parent))
        part = target.with_name(temporary_name())
        try:
            write(str(part))
            self.odb.protect(str(part))
            with self._replacing:
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def _remove(self, path: Path, info: FileInfo) -> None:
        """Remove an object that is corrupt, unless another thread has put a whole one in its place."""
        with self._replacing, contextlib.suppress(FileNotFoundError):
            about = path.stat()
            if (about.st_ino, about.st_mtime) == (info["ino"], info["mtime"]):
                path.unlink()

    def _hash_info(self, oid: str) -> HashInfo:
        return hash_info(self._hash_name, oid)


def look(odb: HashFileDB, oid: str, *, size: int | None, hashed: bool) -> State:
    """Look at one copy of an object, which stays as it is.

    Args:
        odb: DVC's view of where it is.
        oid: Its hash.
        size: What it should have, in bytes, if that is known.
        hashed: Read all of it.
    """
    path = odb.oid_to_path(oid)
    try:
        if hashed:
            intact = file_md5(path, odb.fs, hash_name=odb.hash_name) == oid.removesuffix(".dir")
        else:
            intact = size in (None, odb.fs.info(path)["size"])
    except FileNotFoundError:
        return "absent"
    return "intact" if intact else "altered"


class _Copy:
    """Copies files; clones them as long as the file system does, since asking costs as much as a copy."""

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
