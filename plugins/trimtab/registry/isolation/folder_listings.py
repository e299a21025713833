"""The files of folders, by hash: from DVC's cache or remote, or from a commit if git has the folder."""

from __future__ import annotations

import contextlib
import hashlib
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ProjectError, RemoteError, StageError
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.git import git, has_commit
from trimtab.pipeline.lock import Content
from trimtab.registry.tracking import temporary_folder

if TYPE_CHECKING:
    from trimtab.pipeline.cache import DvcCache


class FolderListings:
    """The files of folders. Each listing is read once.

    Args:
        root: The root of a project; None without one, so that no listing is known.
        cache: Its cache.
    """

    def __init__(self, root: Path | None, cache: DvcCache | None) -> None:
        self._root, self._cache = root, cache
        self._known: dict[str, Mapping[str, str]] = {}

    def files(self, path: str, content: Content, commits: Sequence[str] = ()) -> Mapping[str, str]:
        """Map the paths of a folder's files to their hashes.

        Args:
            path: The folder, as the lock has it.
            content: Its content.
            commits: Commits that may have the folder: DVC keeps no listing of what git has.

        Raises:
            RemoteError: The remote does not answer.
            StageError: The listing is not in the cache, the remote or a commit.
        """
        folder = content["md5"]
        if folder not in self._known:
            self._known[folder] = self._read(path, content, commits)
        return self._known[folder]

    def _read(self, path: str, content: Content, commits: Sequence[str]) -> Mapping[str, str]:
        if self._root is None or self._cache is None:
            raise StageError(f"The files of the folder {path} are not known without its project")
        try:
            return self._cache.listing(content)
        except RemoteError:
            raise
        except StageError:
            for commit in commits:
                if found := _files_in_commit(self._root, commit, path):
                    return found
            raise


@contextlib.contextmanager
def open_listings(root: Path | None) -> Iterator[FolderListings]:
    """Open the listings of a project's folders.

    Args:
        root: The project's root; None if there is none.

    Raises:
        ProjectError: DVC refuses the project.
    """
    if root is None or not (root / ".dvc").is_dir():
        yield FolderListings(None, None)
        return
    from dvc.repo import Repo

    from trimtab.pipeline.cache import DvcCache

    with contextlib.ExitStack() as opened:
        with refusals(ProjectError, where=str(root)):
            repo = opened.enter_context(Repo(str(root)))
        yield FolderListings(root, DvcCache(repo))


def _files_in_commit(root: Path, commit: str, path: str) -> dict[str, str]:
    """Map the files of a folder in a commit to their hashes; empty if the commit does not have it."""
    if not has_commit(root, commit):
        return {}
    with temporary_folder() as folder, contextlib.suppress(ProjectError):  # the commit has no such folder
        archive = folder / "files.tar"
        git(root, "archive", "--format=tar", f"--output={archive}", f"{commit}:./{path}")
        with tarfile.open(archive) as files:
            return {
                member.name: hashlib.md5(file.read(), usedforsecurity=False).hexdigest()
                for member in files
                if member.isfile() and (file := files.extractfile(member))
            }
    return {}
