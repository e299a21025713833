"""Atomic writes: a file appears whole, or it does not appear.

A process that is killed leaves a hidden temporary file. The file that it was to replace stays as it was.
"""

from __future__ import annotations

import contextlib
import secrets
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

TEMPORARY_SUFFIX = ".tmp"


@contextlib.contextmanager
def atomic_path(
    path: Path, *, temporary: Path | None = None, lock: AbstractContextManager[object] | None = None
) -> Iterator[Path]:
    """Yield a temporary path whose file replaces ``path`` at the end of the block.

    If the block raises, ``path`` stays as it was, and the temporary file is removed.

    Args:
        path: The file to replace or to create.
        temporary: The temporary path, on the same file system; by default a hidden one beside ``path``.
        lock: Held while ``path`` is replaced.
    """
    temporary = temporary or temporary_path(path.parent)
    try:
        yield temporary
        with lock or contextlib.nullcontext():
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text_atomically(
    path: Path, text: str, *, mode: int | None = None, temporary: Path | None = None
) -> None:
    """Write a text file in UTF-8.

    Args:
        path: The file. Its folder exists.
        text: The content.
        mode: The permission bits; by default those of the file that is replaced, or those of a new file.
        temporary: As for :func:`atomic_path`.
    """
    if mode is None and path.exists():
        mode = stat.S_IMODE(path.stat().st_mode)
    with atomic_path(path, temporary=temporary) as part:
        part.write_text(text, encoding="utf-8")
        if mode is not None:
            part.chmod(mode)


def temporary_path(folder: Path, *, prefix: str = "") -> Path:
    """Return a new path in a folder, named as DVC names its temporary files."""
    return folder / f"{prefix}.{secrets.token_urlsafe(16)}{TEMPORARY_SUFFIX}"
