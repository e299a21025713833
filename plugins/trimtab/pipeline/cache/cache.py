"""DVC's cache: files by content hash, put there once and brought back where a stage needs them.

It stores and links with DVC's own libraries, and leaves out the bookkeeping above them (stages, index,
locks), which is where ``dvc repro`` spends its time. What it writes is what DVC writes.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import StageError
from trimtab.pipeline.cache.cache_objects import Objects
from trimtab.pipeline.cache.hashing import Hasher
from trimtab.pipeline.cache.link_types import Links
from trimtab.pipeline.cache.remote import Remote
from trimtab.pipeline.cache.remotes import Remotes
from trimtab.pipeline.dvc_compat import unprotect
from trimtab.pipeline.lock import (
    Content,
    ContentError,
    files_of,
    is_folder,
    is_legacy,
    listing_of,
    of_folder,
)

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.state import StateBase


class MissingContentError(StageError):
    """Content that is neither in DVC's cache nor in the remote, or not what its name says."""


class Store:
    """The cache of one DVC repository, and its remote.

    Args:
        repo: An open ``dvc.repo.Repo``.
        intact: A ``dvc_data`` state database that remembers which objects were seen to be what their names
            say; the repository's own, if not given.
        disposable: Whether files that are stored may be moved into the cache instead of copied.

    Attributes:
        remotes: The repository's remotes.
    """

    def __init__(self, repo: Repo, *, intact: StateBase | None = None, disposable: bool = False) -> None:
        self._repo = repo
        self._hasher = Hasher(repo)
        self._disposable = disposable
        self._kinds = {
            legacy: Objects(repo, legacy=legacy, intact=intact or repo.state, disposable=disposable)
            for legacy in (False, True)
        }
        self.remotes = Remotes(repo)
        self._links = Links(repo.cache.local, always=disposable)

    def hash(self, path: Path, *, legacy: bool = False) -> Content:
        """Return the content of a file or a folder; see :meth:`Hasher.hash`.

        DVC stores the listing of every folder that it hashes as DVC 2 did, so that happens here too.
        """
        if self._disposable or not legacy:
            return self._hasher.hash(path, legacy=legacy)
        return self._stored(self._hasher.files(path, legacy=legacy), legacy=legacy)

    def put(self, path: Path, *, legacy: bool = False) -> Content:
        """Store a file or folder and return its content.

        Args:
            path: Absolute.
            legacy: Store it as DVC 2 did.

        Raises:
            FileNotFoundError: There is nothing at the path.
            StageError: It is neither a file nor a folder.
        """
        files, objects = self._hasher.files(path, legacy=legacy), self._kinds[legacy]
        objects.add({content["md5"]: path / name for name, content in files.items()})
        return self._stored(files, legacy=legacy)

    def _stored(self, files: Mapping[str, Content], *, legacy: bool) -> Content:
        """Return the content that files make up; a folder's listing is stored."""
        if list(files) == ["."]:
            return files["."]
        folder = of_folder(files, legacy=legacy)
        self._kinds[legacy].add_listing(folder["md5"], listing_of(files))
        return folder

    def has(self, content: Content) -> bool:
        """Whether the content is in the cache, or in the remote if there is one; nothing is downloaded.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        return not self._missing(content) or self._in_remote(content)

    def is_cached(self, content: Content) -> bool:
        """Whether the content is in the cache of this machine."""
        return not self._missing(content)

    def require(self, content: Content, *, what: str, where: str, pull: bool = True) -> None:
        """See to it that the content is in the cache.

        Args:
            content: A file's or a folder's.
            what: For messages.
            where: For messages.
            pull: Whether the remote is asked for what is not there.

        Raises:
            MissingContentError: It is neither there nor in the remote.
            RemoteError: The remote cannot be reached.
        """
        if self._missing(content) and not (pull and self._pull(content)):
            remote = self.remotes.of(content) if pull else None
            raise MissingContentError(
                f"{what} ({content.get('md5')}) is not in DVC's cache"
                + (f", nor in the remote '{remote.name}'" if remote else ""),
                where=where,
                fix="`dvc pull` it, or run the stage that makes it again",
            )

    def listing(self, content: Content) -> dict[str, str]:
        """Map the files of a folder to their hashes; of what is in the remote only, nothing else is brought.

        Raises:
            MissingContentError: The listing is neither in the cache nor in the remote.
            RemoteError: The remote cannot be reached.
        """
        remote = self.remotes.of(content)
        here = self.objects_of(content).path(content["md5"]).exists()
        if not here and not (remote and self._fetch_listing(remote, content)):
            raise MissingContentError(
                f"The folder {content['md5']} is not in DVC's cache", fix="`dvc pull` it"
            )
        return self._files(content)

    def bring(
        self, content: Content, path: Path, *, what: str, where: str, copy: bool = False, pull: bool = True
    ) -> None:
        """Put the content where a stage expects it, in place of what is there.

        Args:
            content: A file's or a folder's.
            path: Absolute.
            what: For messages.
            where: For messages.
            copy: Make a file of its own, whatever link type the cache is configured for.
            pull: Whether the remote is asked for what is not in the cache.

        Raises:
            MissingContentError: It is neither in the cache nor in the remote, or an object there is corrupt.
        """
        self.require(content, what=what, where=where, pull=pull)
        while self._is_corrupt(content):  # what was corrupt has been removed
            self.require(content, what=what, where=where, pull=pull)
        files = self._files(content)
        links = ["reflink", "copy"] if copy else self._links.usable(path)
        remove(path)
        if is_folder(content):
            path.mkdir(parents=True)
        self.objects_of(content).link(
            {path / name: oid for name, oid in files.items()},
            links=links,
        )
        if content.get("isexec"):
            path.chmod(path.stat().st_mode | stat.S_IEXEC)

    def require_links(self, path: Path) -> None:
        """See to it that objects can be put at a path as the cache is configured.

        Raises:
            StageError: They cannot.
        """
        self._links.usable(path)

    def unprotect(self, path: Path) -> None:
        """Make what is linked to the cache files of their own, so that a command may write to them."""
        unprotect(self._repo, path)

    def relink(self, content: Content, path: Path) -> None:
        """Put files that have just been stored in their places again, linked as the cache is configured.

        A symbolic link that a command made becomes a file of its own, as with DVC.

        Args:
            content: A file's or a folder's.
            path: Absolute.
        """
        files = {path / name: oid for name, oid in self._files(content).items()}
        new = {file: oid for file, oid in files.items() if self._links.relinks or file.is_symlink()}
        self.objects_of(content).link(new, links=self._links.usable(path))
        if new and content.get("isexec"):
            path.chmod(path.stat().st_mode | stat.S_IEXEC)

    def push(self, contents: Iterable[Content], *, remote: str | None = None) -> None:
        """Send contents to the remote, if there is one.

        Raises:
            RemoteError: The remote cannot be reached or refuses.
        """
        to = self.remotes.named(remote)
        if not to:
            return
        objects: dict[bool, dict[str, Path]] = {True: {}, False: {}}
        for content in contents:
            paths = {oid: self.objects_of(content).path(oid) for oid in self._oids(content)}
            objects[is_legacy(content)] |= paths
        for legacy, paths in objects.items():
            if paths:
                to.send(list(paths.items()), legacy=legacy)

    def objects_of(self, content: Content) -> Objects:
        """Return the objects of the cache that are of a content's kind."""
        return self._kinds[is_legacy(content)]

    def _files(self, content: Content) -> dict[str, str]:
        """Map the files of a content, by their paths below it, to their hashes; a file is its own ``.``."""
        if not is_folder(content):
            return {".": content["md5"]}
        path = self.objects_of(content).path(content["md5"])
        return files_of(path.read_bytes(), where=str(path))

    def _oids(self, content: Content) -> list[str]:
        """Every object of a content; a folder's listing comes last."""
        return [*self._files(content).values(), *([content["md5"]] if is_folder(content) else [])]

    def _missing(self, content: Content) -> bool:
        """Whether an object is not there. Those that look untouched are hashed only when they are brought."""
        objects = self.objects_of(content)
        try:
            if is_folder(content):
                return not all(objects.look_intact(oid) for oid in self._oids(content))
            return not objects.look_intact(content["md5"], size=content.get("size"))
        except FileNotFoundError:
            return True
        except KeyError:  # no hash
            return True
        except ContentError:  # cut off, perhaps: then it goes, and may be brought again
            if objects.is_intact(content["md5"]):
                raise
            return True

    def _is_corrupt(self, content: Content) -> bool:
        """Hash every object that is not known to be intact; one that is corrupt is removed."""
        objects = self.objects_of(content)
        try:
            return bool([oid for oid in self._oids(content) if not objects.is_intact(oid)])
        except FileNotFoundError:  # another thread has removed the listing: it was corrupt
            return True

    # The remotes

    def _in_remote(self, content: Content) -> bool:
        remote = self.remotes.of(content)
        if not remote or not self._fetch_listing(remote, content):
            return False
        objects = self.objects_of(content)
        absent = [oid for oid in self._files(content).values() if not objects.path(oid).exists()]
        return remote.has(absent, legacy=is_legacy(content))

    def _pull(self, content: Content) -> bool:
        remote = self.remotes.of(content)
        if not remote or not self._fetch_listing(remote, content):
            return False
        return self._fetch(remote, self._files(content).values(), content)

    def _fetch_listing(self, remote: Remote, content: Content) -> bool:
        return not is_folder(content) or self._fetch(remote, [content["md5"]], content)

    def _fetch(self, remote: Remote, oids: Iterable[str], content: Content) -> bool:
        """Bring objects from the remote; return whether all of them are here now."""
        objects = self.objects_of(content)
        wanted = {oid for oid in oids if not objects.path(oid).exists()}
        found = not wanted or remote.fetch(wanted, objects.odb, legacy=is_legacy(content))
        for oid in wanted if found else ():
            objects.remember(oid)
        return found


def remove(path: Path) -> None:
    """Remove a file, a link or a folder; nothing there is as good."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
