"""A cache of JSON files in a folder, one file a key; the most recently used files are kept.

A cache that is missing, corrupt or read-only costs time, never correctness. Several processes may read, write
and prune one folder at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.atomic_write import TEMPORARY_SUFFIX, write_text_atomically

RECENT = 3600  # seconds; a file that was marked as used since then is not marked again
MAX_TEMPORARY_FILES = 20  # of processes that were killed, or that are writing now


@dataclass(frozen=True)
class JsonCache:
    """One kind of file in a cache folder.

    Attributes:
        folder: The folder. It is created by the first write.
        suffix: What the names of this kind end with.
        limit: How many files are kept.
    """

    folder: Path
    suffix: str
    limit: int

    def path(self, key: str) -> Path:
        """Return the path of a key's file."""
        return self.folder / f"{key}{self.suffix}"

    def read(self, key: str) -> Any:
        """Return the value of a key; ``None`` if there is no file, or no JSON in it."""
        path = self.path(key)
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        self.mark_used(path)
        return value

    def write(self, key: str, text: str) -> None:
        """Write the file of a key, and remove the least recently used ones; a failure is ignored.

        Args:
            key: The key. It contains a hash of what the value was made from, or of the value itself.
            text: The value as JSON.
        """
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_text_atomically(self.path(key), text)
        self.prune()

    def mark(self, key: str) -> None:
        """Create an empty file: only its name is read. A failure is ignored."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.path(key).touch()

    def newest_first(self) -> list[Path]:
        """Return the files, the most recently used first."""
        return _newest_first(self.folder, self.suffix)

    def mark_used(self, path: Path) -> None:
        """Mark a file as used now, so that it is kept."""
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - RECENT:
                path.touch()

    def prune(self) -> None:
        """Remove the least recently used files, and abandoned temporary files; a failure is ignored."""
        abandoned = _newest_first(self.folder, TEMPORARY_SUFFIX)[MAX_TEMPORARY_FILES:]
        for path in (*self.newest_first()[self.limit :], *abandoned):
            with contextlib.suppress(OSError):
                path.unlink()


def content_key(text: str) -> str:
    """Return the SHA-256 hash of a text in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _newest_first(folder: Path, suffix: str) -> list[Path]:
    with contextlib.suppress(OSError):
        entries = [entry for entry in os.scandir(folder) if entry.name.endswith(suffix)]
        return [Path(entry) for entry in sorted(entries, key=lambda entry: -entry.stat().st_mtime)]
    return []
