"""Link types: how cache objects are put into the workspace, as ``cache.type`` and the file systems allow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import working_link_types

if TYPE_CHECKING:
    from dvc_data.hashfile.db import HashFileDB


class LinkTypes:
    """The link types that a cache is configured for.

    Args:
        odb: The objects of the cache.
        always_copy: Copy where no link type works. A sandbox may be on another file system than the project,
            and its files are thrown away.

    Attributes:
        relinks: Whether a file that has just been stored is replaced by a link to its object.
    """

    def __init__(self, odb: HashFileDB, *, always_copy: bool) -> None:
        self._odb = odb
        added = ["copy"] if always_copy and "copy" not in odb.cache_types else []
        self._types = [*odb.cache_types, *added]
        self.relinks = self._types[0] not in ("reflink", "copy")
        self._working: dict[int, list[str]] = {}  # by device

    def usable(self, path: Path) -> list[str]:
        """Return the link types that work at a path, the preferred one first.

        Raises:
            StageError: None works. Nothing may be removed that could not be put back.
        """
        if "copy" in self._types:
            return self._types
        folder = next(parent for parent in path.parents if parent.is_dir())
        device = folder.stat().st_dev
        if device not in self._working:
            self._working[device] = working_link_types(self._odb, folder, self._types)
        if not self._working[device]:
            raise StageError(
                f"No link type of cache.type works here: {','.join(self._types)}",
                where=f"{folder}, with DVC's cache in {self._odb.path}",
                fix="`dvc config cache.type hardlink,symlink,copy`, or a cache on the same file system",
            )
        return self._working[device]
