"""A folder of a DVC remote beside its cache objects: small files by name, which no ``dvc gc`` removes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import RemoteError
from trimtab.pipeline.cache.remotes import Remotes
from trimtab.pipeline.dvc_errors import refusals

if TYPE_CHECKING:
    from trimtab.pipeline.cache.remote import Remote


class RemoteFolder:
    """A folder of a remote.

    Args:
        remote: The remote.
        name: The folder, relative to the remote's own.

    Attributes:
        where: The remote and the folder, for a message.
    """

    def __init__(self, remote: Remote, name: str) -> None:
        self._remote, self._name = remote, name
        self.where = f"DVC remote '{remote.name}', {name}"

    def list(self) -> list[str]:
        """Return the names of its files, with ``/`` between folders; none if the remote cannot be listed.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        with self._remote.open_folder() as (fs, root):
            top = fs.join(root, self._name)
            if not fs.CAN_TRAVERSE:
                return []
            with contextlib.suppress(FileNotFoundError):
                return sorted("/".join(fs.relparts(path, top)) for path in fs.find(top))
            return []

    def read(self, name: str, *, most: int) -> bytes:
        """Return a file.

        Args:
            name: Its name.
            most: The largest size in bytes.

        Raises:
            RemoteError: The remote cannot be reached, lacks the file, or it is larger.
        """
        with self._remote.open_folder() as (fs, root):
            content: bytes = fs.cat_file(fs.join(root, self._name, *name.split("/")), start=0, end=most + 1)
        if len(content) > most:
            raise RemoteError(f"The file is larger than {most:,} bytes: {name}", where=self.where)
        return content

    def write(self, name: str, content: bytes) -> bool:
        """Write a file; return False if the remote cannot have it, since it cannot be listed.

        Raises:
            RemoteError: The remote cannot be reached, or refuses the file.
        """
        with self._remote.open_folder() as (fs, root):
            if not fs.CAN_TRAVERSE:
                return False
            path = fs.join(root, self._name, *name.split("/"))
            fs.makedirs(fs.parent(path), exist_ok=True)
            fs.pipe_file(path, content)
            return True


@contextlib.contextmanager
def open_remote_folder(
    project: Path, name: str, *, remote: str | None = None
) -> Iterator[RemoteFolder | None]:
    """Open a folder of one of the project's remotes; None if there is no such remote.

    Args:
        project: The project's root.
        name: The folder, relative to the remote's own.
        remote: The remote's name; the default one, if not given.

    Raises:
        RemoteError: DVC refuses the project.
    """
    from dvc.repo import Repo

    with refusals(RemoteError, where=str(project)), Repo(str(project)) as repo:
        opened = Remotes(repo).get(remote)
        yield RemoteFolder(opened, name) if opened else None
