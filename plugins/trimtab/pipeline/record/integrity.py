"""Integrity check: whether contents in DVC's cache and remotes still have the right hash.

It changes nothing. A corrupt object is not removed, and an object that is read from a remote is not stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.pipeline.cache import ObjectState, Remote, check_object
from trimtab.pipeline.lock import is_folder, is_legacy, parse_folder_object
from trimtab.pipeline.record.required_objects import RequiredObject
from trimtab.pipeline.worktree import WorkTree

if TYPE_CHECKING:
    from dvc_data.hashfile.db import HashFileDB

THREADS = 4  # that hash objects of the cache


@dataclass(frozen=True)
class ObjectFault:
    """A content that is missing or corrupt.

    Attributes:
        path: Its path in the project.
        what: The fault, as a predicate of the path.
        fix: What to do about it.
    """

    path: str
    what: str
    fix: str


@dataclass(frozen=True)
class _Locations:
    """Where the copies of a content's objects are: in the cache and, if there is one, in a remote."""

    cache: HashFileDB
    remote: Remote | None
    legacy: bool


class IntegrityChecker:
    """Checks contents. Each copy of an object is checked once, however many revisions name it.

    Copies in the cache are hashed. A remote is only asked for the size of its copy.

    Args:
        deep: Read and hash the copies in remotes too.

    Attributes:
        states: The state of each copy that was checked, by location and hash.
    """

    def __init__(self, *, deep: bool = False) -> None:
        self._deep = deep
        self.states: dict[tuple[str, str], ObjectState] = {}

    def faults(self, tree: WorkTree, required: RequiredObject) -> Iterator[ObjectFault]:
        """Yield the faults of a content: of a file, or of a folder and each of its files.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        content = required.content
        if required.in_git and tree.is_in_place(required.path, content):
            return
        oid, cache = str(content["md5"]), tree.cache
        locations = _Locations(
            cache.objects_of(content).odb, cache.remotes.remote_of(content), is_legacy(content)
        )
        size = None if is_folder(content) else content.get("size")
        yield from self._object_faults(locations, {oid: required.path}, {oid: size})
        if is_folder(content):
            files = {md5: f"{required.path}/{name}" for name, md5 in self._listing(locations, oid).items()}
            yield from self._object_faults(locations, files, dict.fromkeys(files))

    def _object_faults(
        self, locations: _Locations, paths: Mapping[str, str], sizes: Mapping[str, int | None]
    ) -> Iterator[ObjectFault]:
        """Yield the faults of objects, given their paths in the project and their sizes by hash."""
        in_cache, in_remote = self._check_cache(locations.cache, sizes), self._check_remote(locations, sizes)
        remote = f"the remote '{locations.remote.name}'" if locations.remote else ""
        for oid, path in paths.items():
            states = {in_cache[oid], in_remote.get(oid, "absent")}
            if in_cache[oid] == "altered":
                file = locations.cache.oid_to_path(oid)
                yield ObjectFault(
                    path, f"is altered in the cache: {file}", "remove that file, then `dvc fetch`"
                )
            if in_remote.get(oid) == "altered":
                yield ObjectFault(path, f"is altered in {remote}: {oid}", "remove it there, then `dvc push`")
            if states == {"absent"}:
                nor = f", nor in {remote}" if remote else "; the project has no remote"
                fix = "`dvc push` it from a machine that has it, or `trimtab restore` a backup"
                yield ObjectFault(path, f"is lost: {oid} is not in the cache{nor}", fix)

    def _check_cache(self, odb: HashFileDB, oids: Iterable[str]) -> dict[str, ObjectState]:
        oids = list(oids)
        new = [oid for oid in oids if (odb.path, oid) not in self.states]
        with ThreadPoolExecutor(THREADS) as pool:
            found = pool.map(lambda oid: check_object(odb, oid, size=None, rehash=True), new)
            self.states |= {(odb.path, oid): state for oid, state in zip(new, found, strict=True)}
        return {oid: self.states[odb.path, oid] for oid in oids}

    def _check_remote(self, locations: _Locations, sizes: Mapping[str, int | None]) -> dict[str, ObjectState]:
        if not locations.remote:
            return {}
        address = locations.remote.address(legacy=locations.legacy)
        new = {oid: size for oid, size in sizes.items() if (address, oid) not in self.states}
        found = locations.remote.check_objects(new, legacy=locations.legacy, rehash=self._deep)
        self.states |= {(address, oid): state for oid, state in found.items()}
        return {oid: self.states[address, oid] for oid in sizes}

    def _listing(self, locations: _Locations, oid: str) -> dict[str, str]:
        """Map each file of a folder to its hash; empty if no copy of the listing is intact."""
        if self.states.get((locations.cache.path, oid)) == "intact":
            text = locations.cache.fs.cat_file(locations.cache.oid_to_path(oid))
        elif locations.remote and self._check_remote(locations, {oid: None})[oid] == "intact":
            text = locations.remote.read_object(oid, legacy=locations.legacy)
        else:
            return {}
        return parse_folder_object(text, where=oid)
