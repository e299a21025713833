"""DVC's cache: it stores files by their hash, and puts them where a stage needs them.

It stores and links files with DVC's own libraries, in DVC's own format. It leaves out DVC's bookkeeping
above them (stages, index, locks), where ``dvc repro`` spends its time.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import StageError
from trimtab.pipeline.cache.cache_objects import CacheObjects
from trimtab.pipeline.cache.hashing import Hasher
from trimtab.pipeline.cache.link_types import LinkTypes
from trimtab.pipeline.cache.remote_transfer import RemoteTransfer
from trimtab.pipeline.cache.remotes import Remotes
from trimtab.pipeline.cache.stored_contents import StoredContents
from trimtab.pipeline.dvc_compat import unprotect
from trimtab.pipeline.lock import Content, folder_content, folder_object, is_folder

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.state import StateBase


class MissingObjectError(StageError):
    """A cache object is neither in the cache nor in the remote, or it is corrupt there."""


class DvcCache:
    """The cache of one DVC repository, and its remotes.

    Args:
        repo: An open repository.
        intact: The hash database that remembers which cache objects are intact; the repository's own, if not
            given.
        disposable: Whether files that are stored may be moved into the cache instead of copied.

    Attributes:
        remotes: The repository's remotes.
    """

    def __init__(self, repo: Repo, *, intact: StateBase | None = None, disposable: bool = False) -> None:
        self._repo = repo
        self._hasher = Hasher(repo)
        self._disposable = disposable
        self._kinds = {
            legacy: CacheObjects(repo, legacy=legacy, intact=intact or repo.state, disposable=disposable)
            for legacy in (False, True)
        }
        self._stored = StoredContents(self._kinds)
        self.remotes = Remotes(repo)
        self._transfer = RemoteTransfer(self.remotes, self._stored)
        self._links = LinkTypes(repo.cache.local, always_copy=disposable)

    def hash(self, path: Path, *, legacy: bool = False) -> Content:
        """Return the content of a file or a folder; see :meth:`Hasher.hash`.

        DVC stores the listing of each folder that it hashes as DVC 2 did. So does this method.
        """
        if self._disposable or not legacy:
            return self._hasher.hash(path, legacy=legacy)
        return self._store_listing(self._hasher.files(path, legacy=legacy), legacy=legacy)

    def put(self, path: Path, *, legacy: bool = False) -> Content:
        """Store a file or a folder in the cache and return its content.

        Args:
            path: An absolute path.
            legacy: Store it as DVC 2 did.

        Raises:
            FileNotFoundError: The path does not exist.
            StageError: It is neither a file nor a folder.
        """
        files, objects = self._hasher.files(path, legacy=legacy), self._kinds[legacy]
        objects.add({content["md5"]: path / name for name, content in files.items()})
        return self._store_listing(files, legacy=legacy)

    def _store_listing(self, files: Mapping[str, Content], *, legacy: bool) -> Content:
        """Return the content that files make up; the listing of a folder is stored."""
        if list(files) == ["."]:
            return files["."]
        folder = folder_content(files, legacy=legacy)
        self._kinds[legacy].add_listing(folder["md5"], folder_object(files))
        return folder

    def has(self, content: Content) -> bool:
        """Whether a content is in the cache or in the remote. Only the listing of a folder is fetched for it.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        return self.is_cached(content) or self._transfer.is_in_remote(content)

    def is_cached(self, content: Content) -> bool:
        """Whether a content is in the cache of this machine."""
        return not self._stored.is_missing(content)

    def ensure_cached(self, content: Content, *, what: str, where: str, fetch: bool = True) -> None:
        """Ensure that a content is in the cache.

        Args:
            content: The content of a file or a folder.
            what: Subject of the error message.
            where: Place in the error message.
            fetch: Whether it is fetched from the remote if the cache lacks it.

        Raises:
            MissingObjectError: It is neither in the cache nor in the remote.
            RemoteError: The remote cannot be reached.
        """
        if self.is_cached(content) or (fetch and self._transfer.fetch(content)):
            return
        remote = self.remotes.remote_of(content) if fetch else None
        raise MissingObjectError(
            f"{what} ({content.get('md5')}) is not in DVC's cache"
            + (f", nor in the remote '{remote.name}'" if remote else ""),
            where=where,
            fix="`dvc pull` it, or run the stage that makes it again",
        )

    def ensure_intact(self, content: Content, *, what: str, where: str, fetch: bool = True) -> None:
        """Ensure that a content is in the cache, and hash it there. Arguments are those of `ensure_cached`.

        Raises:
            MissingObjectError: It is neither in the cache nor in the remote, or it is corrupt there.
            RemoteError: The remote cannot be reached.
        """
        self.ensure_cached(content, what=what, where=where, fetch=fetch)
        while self._stored.remove_corrupt(content):
            self.ensure_cached(content, what=what, where=where, fetch=fetch)

    def listing(self, content: Content) -> dict[str, str]:
        """Map each file of a folder to its hash. Only the listing is fetched from the remote.

        Raises:
            MissingObjectError: The listing is neither in the cache nor in the remote.
            RemoteError: The remote cannot be reached.
        """
        cached = self.objects_of(content).path(content["md5"]).exists()
        if not cached and not self._transfer.fetch_listing(content):
            raise MissingObjectError(
                f"The folder {content['md5']} is not in DVC's cache", fix="`dvc pull` it"
            )
        return self._stored.files(content)

    def check_out(
        self, content: Content, path: Path, *, what: str, where: str, copy: bool = False, fetch: bool = True
    ) -> None:
        """Put a content at a path, in place of what is there.

        Args:
            content: The content of a file or a folder.
            path: An absolute path.
            what: Subject of the error message.
            where: Place in the error message.
            copy: Make a copy, whatever link type ``cache.type`` asks for.
            fetch: Whether it is fetched from the remote if the cache lacks it.

        Raises:
            MissingObjectError: It is neither in the cache nor in the remote, or it is corrupt there.
        """
        self.ensure_intact(content, what=what, where=where, fetch=fetch)
        files = self._stored.files(content)
        links = ["reflink", "copy"] if copy else self._links.usable(path)
        remove_path(path)
        if is_folder(content):
            path.mkdir(parents=True)
        self.objects_of(content).link({path / name: oid for name, oid in files.items()}, links=links)
        _make_executable(path, content)

    def require_link_type(self, path: Path) -> None:
        """Require that a link type of ``cache.type`` works at a path.

        Raises:
            StageError: None works.
        """
        self._links.usable(path)

    def unprotect(self, path: Path) -> None:
        """Replace links to the cache by files of their own, so that a command may write to them."""
        unprotect(self._repo, path)

    def relink(self, content: Content, path: Path) -> None:
        """Replace files that have just been stored by links, if ``cache.type`` asks for links.

        A symbolic link that a command made becomes a file of its own, as with DVC.

        Args:
            content: The content of a file or a folder.
            path: An absolute path.
        """
        files = {path / name: oid for name, oid in self._stored.files(content).items()}
        changed = {file: oid for file, oid in files.items() if self._links.relinks or file.is_symlink()}
        self.objects_of(content).link(changed, links=self._links.usable(path))
        if changed:
            _make_executable(path, content)

    def push(self, contents: Iterable[Content], *, remote: str | None = None) -> None:
        """Push contents to a remote; do nothing if there is none. See :meth:`RemoteTransfer.push`.

        Raises:
            RemoteError: The remote cannot be reached, or refuses an object.
        """
        self._transfer.push(contents, remote=remote)

    def objects_of(self, content: Content) -> CacheObjects:
        """Return the cache objects of a content's kind: DVC 2's or DVC 3's."""
        return self._stored.objects_of(content)


def _make_executable(path: Path, content: Content) -> None:
    if content.get("isexec"):
        path.chmod(path.stat().st_mode | stat.S_IEXEC)


def remove_path(path: Path) -> None:
    """Remove a file, a link or a folder, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
