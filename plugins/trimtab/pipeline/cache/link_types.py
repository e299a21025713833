"""How objects of the cache get to where stages read them: ``cache.type``, as far as file systems allow it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import working_link_types

if TYPE_CHECKING:
    from dvc_data.hashfile.db import HashFileDB


class Links:
    """The link types that a cache is configured for.

    Args:
        odb: DVC's own view of the cache.
        always: Fall back to a copy where no type works: a sandbox may be on another file system than the
            project, and what is in it is thrown away.

    Attributes:
        relinks: Whether a file that has just been stored is replaced by a link to its object.
    """

    def __init__(self, odb: HashFileDB, *, always: bool) -> None:
        self._odb = odb
        self._types = [*odb.cache_types, *(["copy"] if always and "copy" not in odb.cache_types else [])]
        self.relinks = self._types[0] not in ("reflink", "copy")
        self._tried: dict[int, list[str]] = {}  # by device

    def usable(self, path: Path) -> list[str]:
        """Return the types that can be used at a path, the preferred one first.

        Raises:
            StageError: None works: nothing may be removed that could not be put back.
        """
        if "copy" in self._types:
            return self._types
        folder = next(parent for parent in path.parents if parent.is_dir())
        device = folder.stat().st_dev
        if device not in self._tried:
            self._tried[device] = working_link_types(self._odb, folder, self._types)
        if not self._tried[device]:
            raise StageError(
                f"No link type of cache.type works here: {','.join(self._types)}",
                where=f"{folder}, with DVC's cache in {self._odb.path}",
                fix="`dvc config cache.type hardlink,symlink,copy`, or a cache on the same file system",
            )
        return self._tried[device]
