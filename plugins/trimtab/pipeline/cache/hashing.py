"""Hash files and folders as DVC does, with DVC's hash database.

This is the one place where the hash of a folder is computed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import FileInfo, hash_file, walk_not_ignored
from trimtab.pipeline.lock import Content, file_content, folder_content

if TYPE_CHECKING:
    from dvc.repo import Repo


class Hasher:
    """Hashes files of one DVC repository. A file that has not changed is not read again.

    Args:
        repo: An open repository.
    """

    def __init__(self, repo: Repo) -> None:
        self._repo, self._fs, self._state = repo, repo.fs, repo.state
        self._walking = threading.Lock()  # DVC reads .dvcignore files as it walks

    def hash(self, path: Path, *, legacy: bool = False) -> Content:
        """Return the content of a file or a folder.

        Args:
            path: An absolute path.
            legacy: Hash as DVC 2 did, with normalized line ends in text.

        Raises:
            FileNotFoundError: The path does not exist.
            StageError: It is neither a file nor a folder, or the folder holds a ``.dvcignore``.
        """
        files = self.files(path, legacy=legacy)
        return files["."] if list(files) == ["."] else folder_content(files, legacy=legacy)

    def files(self, path: Path, *, legacy: bool = False) -> dict[str, Content]:
        """Return the content of each file of a folder by its path below it. A file has the path ``.``.

        Files that a ``.dvcignore`` of the project excludes are left out.

        Raises:
            FileNotFoundError: The path does not exist.
            StageError: It is neither a file nor a folder, or it holds a ``.dvcignore``.
        """
        info = self._fs.info(str(path))
        if info["type"] == "file":
            return {".": self._hash({str(path): info}, legacy=legacy)[str(path)]}
        if info["type"] != "directory":
            raise StageError("The path is neither a file nor a folder", where=str(path))
        infos = self._walk(path)
        hashed = self._hash(infos, legacy=legacy)
        return {os.path.relpath(file, path): content for file, content in hashed.items()}

    def _walk(self, folder: Path) -> dict[str, FileInfo]:
        infos: dict[str, FileInfo] = {}
        with self._walking:
            for root, _, names in walk_not_ignored(self._repo, folder):
                if ".dvcignore" in names:
                    raise StageError("A folder that is hashed may hold no .dvcignore", where=root)
                infos |= {f"{root}/{name}": self._fs.info(f"{root}/{name}") for name in names}
        return infos

    def _hash(self, infos: Mapping[str, FileInfo], *, legacy: bool) -> dict[str, Content]:
        name = "md5-dos2unix" if legacy else "md5"
        known = {path: oid for path, _, oid in self._state.get_many(list(infos), self._fs, infos)}
        hashed, new = {}, []
        for path, info in infos.items():
            oid = known.get(path)
            if oid is None or oid.name != name:
                oid = hash_file(path, self._fs, hash_name=name, info=info)
                new.append((path, oid, info))
            hashed[path] = file_content(
                oid.value, info["size"], executable=bool(info["mode"] & 0o111), legacy=legacy
            )
        self._state.save_many(new, self._fs)
        return hashed
