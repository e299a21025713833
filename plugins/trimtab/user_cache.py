"""The cache folder of a project, and that of all projects: in folders that only this user can write to.

The first has the resolved graphs, the parsed lock files and the database of intact cache objects. They decide
what runs and what is hashed. The second has virtual environments. So both are outside of the project: no
commit may bring a cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import ProjectError

LOCAL_FOLDERS = (Path("/var/tmp"),)  # as for DVC's own databases: SQLite locks badly on a network disk
MAX_UNUSED = 30 * 86400  # seconds; a folder that is unused for longer is removed when another is created


def cache_folder(root: Path, name: str) -> Path:
    """Return the folder of one kind of cache of a project; if no folder is private, a path that cannot exist.

    The folder is below ``XDG_CACHE_HOME`` if that is set, otherwise below ``/var/tmp`` or the folder for
    temporary files.

    Args:
        root: The project's root.
        name: The kind of cache.
    """
    root = root.resolve()
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
    for base in _bases():
        folder = base / digest
        with contextlib.suppress(OSError):
            if base.parent.resolve().is_relative_to(root) or not _is_private(base):
                continue
            if not folder.exists():
                remove_unused(base)
            (folder / name).mkdir(parents=True, exist_ok=True)
            os.utime(folder)
            return folder / name
    return Path(os.devnull, name)


def shared_folder(name: str, root: Path) -> Path:
    """Return the cache folder of one kind of things that all projects of the user share.

    It is below ``XDG_CACHE_HOME`` or ``~/.cache``, or where :func:`cache_folder` looks next. A folder for
    temporary files comes last: a service that removes old files there would remove parts of an environment.

    Args:
        name: The kind of things.
        root: The root of the project that asks; the folder is not in it.

    Raises:
        ProjectError: No folder is private.
    """
    homes = [Path(os.environ["HOME"], ".cache", "trimtab")] if os.environ.get("HOME") else []
    chosen = [] if os.environ.get("XDG_CACHE_HOME") else homes
    for base in (*chosen, *_bases()):
        with contextlib.suppress(OSError):
            if not base.parent.resolve().is_relative_to(root.resolve()) and _is_private(base):
                (base / name).mkdir(exist_ok=True)
                return base / name
    raise ProjectError(
        "There is no private folder for a cache",
        where="XDG_CACHE_HOME, ~/.cache and the folders for temporary files",
        fix="set XDG_CACHE_HOME to a folder that only this user can write to",
    )


def _bases() -> Iterator[Path]:
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if chosen.is_absolute():
        yield chosen / "trimtab"
    yield from (place / f"trimtab-{os.geteuid()}" for place in (*LOCAL_FOLDERS, Path(tempfile.gettempdir())))


def _is_private(base: Path) -> bool:
    """Create a folder, and return whether no other user can write to it or replace it."""
    base.parent.mkdir(parents=True, exist_ok=True)
    above = base.parent.stat()
    if above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX:
        return False
    with contextlib.suppress(FileExistsError):
        base.mkdir(mode=0o700)
    about = base.lstat()
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & 0o077


def remove_unused(base: Path) -> None:
    """Remove the folders in a folder that were not used for :data:`MAX_UNUSED`."""
    for folder in base.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process has removed it
            if folder.stat().st_mtime < time.time() - MAX_UNUSED:
                shutil.rmtree(folder, ignore_errors=True)
