"""Where what has been found out about a project is kept: outside of it, in a folder of this user alone.

Caches of resolved graphs and of parsed lock files decide what runs, and the database of intact objects says
what need not be hashed again. So nothing of them may come with a commit.
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

PLACES = (Path("/var/tmp"),)  # of this machine, as DVC's own databases: on a network SQLite locks badly
UNUSED = 30 * 86400  # seconds; a folder that nobody used for so long goes when another is made


def cache_folder(root: Path, name: str) -> Path:
    """Return a folder for one kind of cache of a project; where no place is private, one that cannot be.

    ``XDG_CACHE_HOME`` says where, if it is set, or else it is ``/var/tmp`` or the folder for temporary files.

    Args:
        root: The project's root.
        name: The kind.
    """
    root = root.resolve()
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
    for base in _bases():
        folder = base / digest
        with contextlib.suppress(OSError):
            if base.parent.resolve().is_relative_to(root) or not _is_private(base):
                continue
            if not folder.exists():
                _remove_unused(base)
            (folder / name).mkdir(parents=True, exist_ok=True)
            os.utime(folder)
            return folder / name
    return Path(os.devnull, name)


def _bases() -> Iterator[Path]:
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if chosen.is_absolute():
        yield chosen / "trimtab"
    yield from (place / f"trimtab-{os.geteuid()}" for place in (*PLACES, Path(tempfile.gettempdir())))


def _is_private(base: Path) -> bool:
    """Whether a folder, made if not there, is this user's, and nobody else can write to it or replace it."""
    base.parent.mkdir(parents=True, exist_ok=True)
    above = base.parent.stat()
    if above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX:
        return False
    with contextlib.suppress(FileExistsError):
        base.mkdir(mode=0o700)
    about = base.lstat()
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & 0o077


def _remove_unused(base: Path) -> None:
    for folder in base.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process removes them too
            if folder.stat().st_mtime < time.time() - UNUSED:
                shutil.rmtree(folder, ignore_errors=True)
