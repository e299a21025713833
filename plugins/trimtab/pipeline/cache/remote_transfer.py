"""Transfer of contents between the cache and the remotes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trimtab.pipeline.cache.remote import Remote
from trimtab.pipeline.cache.remotes import Remotes
from trimtab.pipeline.cache.stored_contents import StoredContents
from trimtab.pipeline.lock import Content, is_folder, is_legacy


class RemoteTransfer:
    """Fetches contents from the remotes into the cache, and pushes them.

    Args:
        remotes: The repository's remotes.
        stored: The contents in the cache.
    """

    def __init__(self, remotes: Remotes, stored: StoredContents) -> None:
        self._remotes, self._stored = remotes, stored

    def is_in_remote(self, content: Content) -> bool:
        """Whether the remote has each object of a content that the cache lacks.

        The listing of a folder is fetched for it.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        remote = self._remotes.remote_of(content)
        if not remote or not self._fetch_listing(remote, content):
            return False
        objects = self._stored.objects_of(content)
        absent = [oid for oid in self._stored.files(content).values() if not objects.path(oid).exists()]
        return remote.has(absent, legacy=is_legacy(content))

    def fetch(self, content: Content) -> bool:
        """Fetch a content; return whether the cache has it now.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        remote = self._remotes.remote_of(content)
        if not remote or not self._fetch_listing(remote, content):
            return False
        return self._fetch_objects(remote, self._stored.files(content).values(), content)

    def fetch_listing(self, content: Content) -> bool:
        """Fetch the listing of a folder; return whether the cache has it now.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        remote = self._remotes.remote_of(content)
        return remote is not None and self._fetch_listing(remote, content)

    def push(self, contents: Iterable[Content], *, remote: str | None = None) -> None:
        """Push contents; do nothing if there is no remote.

        Args:
            contents: Contents that the cache has.
            remote: Name of a remote; the default one, if not given.

        Raises:
            RemoteError: The remote cannot be reached, or refuses an object.
        """
        target = self._remotes.get(remote)
        if not target:
            return
        files: dict[bool, dict[str, Path]] = {True: {}, False: {}}
        for content in contents:
            objects = self._stored.objects_of(content)
            files[is_legacy(content)] |= {oid: objects.path(oid) for oid in self._stored.hashes(content)}
        for legacy, paths in files.items():
            if paths:
                target.push(list(paths.items()), legacy=legacy)

    def _fetch_listing(self, remote: Remote, content: Content) -> bool:
        return not is_folder(content) or self._fetch_objects(remote, [content["md5"]], content)

    def _fetch_objects(self, remote: Remote, oids: Iterable[str], content: Content) -> bool:
        objects = self._stored.objects_of(content)
        absent = {oid for oid in oids if not objects.path(oid).exists()}
        fetched = not absent or remote.fetch(absent, objects.odb, legacy=is_legacy(content))
        for oid in absent if fetched else ():
            objects.mark_intact(oid)
        return fetched
