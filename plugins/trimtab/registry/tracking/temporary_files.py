"""A folder for downloads that is removed when its block ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield an empty folder, and remove it with all it holds when the block ends."""
    with TemporaryDirectory(prefix="trimtab-") as folder:
        yield Path(folder)
