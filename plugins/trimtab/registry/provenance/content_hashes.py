"""Hashes of files and folders as ``dvc.lock`` has them, and the hash of the lock files themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trimtab.errors import StageError
from trimtab.pipeline.cache import DvcCache


class ContentHasher:
    """Hashes what is in a DVC project, with the one hash that the pipeline uses: ``.dvcignore`` counts.

    Args:
        root: The project's root.
        store: DVC's cache of the project.
    """

    def __init__(self, root: Path, store: DvcCache) -> None:
        self._root, self._store = root, store

    def hash(self, path: str, *, legacy: bool = False) -> str | None:
        """Return the hash of a file or a folder; ``None`` if there is nothing that DVC can hash.

        Args:
            path: Its path in the project.
            legacy: Whether to hash it as DVC 2 did, with the line ends of text normalised.
        """
        try:
            return str(self._store.hash(self._root / path, legacy=legacy)["md5"])
        except (FileNotFoundError, StageError):
            return None


@contextmanager
def content_hasher(root: Path) -> Iterator[ContentHasher]:
    """Open the DVC project in ``root`` and yield its hasher."""
    from dvc.repo import Repo

    root = root.absolute()
    with Repo(str(root)) as repo:
        yield ContentHasher(root, DvcCache(repo))


def hash_lock_files(folder: Path, files: Iterable[str]) -> str:
    """Return the SHA-256 of lock files, as the record of a run has it; empty if one does not exist."""
    paths = [folder / file for file in files]
    if not all(path.is_file() for path in paths):
        return ""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
