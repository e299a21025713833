"""Whether contents are still what their hashes say, in DVC's cache and in its remotes.

Looking changes nothing: what is altered stays where it is, and what is read of a remote is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from trimtab.pipeline.cache import Remote, State, look
from trimtab.pipeline.lock import is_folder, is_legacy, parse_folder_object
from trimtab.pipeline.record.required_objects import Need
from trimtab.pipeline.worktree import WorkTree

THREADS = 4  # that hash the cache


@dataclass(frozen=True)
class Fault:
    """A content that is not as it should be.

    Attributes:
        path: Where it belongs in the project.
        what: What is wrong, to be read behind the path.
        fix: What to do about it.
    """

    path: str
    what: str
    fix: str


@dataclass(frozen=True)
class _Place:
    """Where copies of a content's objects are: in the cache and, if there is one, in a remote."""

    cache: Any
    remote: Remote | None
    legacy: bool


class Inspector:
    """Looks at contents: at each copy of an object once, however many revisions name it.

    What is in the cache is hashed anew. A remote is asked whether it has the object in the right size.

    Args:
        deep: Read and hash what remotes have too.

    Attributes:
        seen: Copies looked at, by place and hash.
    """

    def __init__(self, *, deep: bool = False) -> None:
        self._deep = deep
        self.seen: dict[tuple[str, str], State] = {}

    def faults(self, tree: WorkTree, need: Need) -> Iterator[Fault]:
        """Say what is wrong with a content: a file, or a folder and each file of it.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        if need.of_git and tree.is_in_place(need.path, need.content):
            return
        oid, store = str(need.content["md5"]), tree.store
        place = _Place(
            store.objects_of(need.content).odb, store.remotes.of(need.content), is_legacy(need.content)
        )
        size = None if is_folder(need.content) else need.content.get("size")
        yield from self._look(place, {oid: need.path}, {oid: size})
        if is_folder(need.content):
            members = {md5: f"{need.path}/{name}" for name, md5 in self._listing(place, oid).items()}
            yield from self._look(place, members, dict.fromkeys(members))

    def _look(
        self, place: _Place, paths: Mapping[str, str], sizes: Mapping[str, int | None]
    ) -> Iterator[Fault]:
        here, there = self._cached(place.cache, sizes), self._remote(place, sizes)
        name = f"the remote '{place.remote.name}'" if place.remote else ""
        for oid, path in paths.items():
            states = {here[oid], there.get(oid, "absent")}
            if here[oid] == "altered":
                file = place.cache.oid_to_path(oid)
                yield Fault(path, f"is altered in the cache: {file}", "remove that file, then `dvc fetch`")
            if there.get(oid) == "altered":
                yield Fault(path, f"is altered in {name}: {oid}", "remove it there, then `dvc push`")
            if states == {"absent"}:
                nor = f", nor in {name}" if name else "; the project has no remote"
                fix = "`dvc push` it from where it still is, or `trimtab restore` a backup"
                yield Fault(path, f"is lost: {oid} is not in the cache{nor}", fix)

    def _cached(self, odb: Any, oids: Mapping[str, Any]) -> dict[str, State]:
        new = [oid for oid in oids if (odb.path, oid) not in self.seen]
        with ThreadPoolExecutor(THREADS) as pool:
            found = pool.map(lambda oid: look(odb, oid, size=None, hashed=True), new)
            self.seen |= {(odb.path, oid): state for oid, state in zip(new, found, strict=True)}
        return {oid: self.seen[odb.path, oid] for oid in oids}

    def _remote(self, place: _Place, sizes: Mapping[str, int | None]) -> dict[str, State]:
        if not place.remote:
            return {}
        address = place.remote.place(legacy=place.legacy)
        new = {oid: size for oid, size in sizes.items() if (address, oid) not in self.seen}
        found = place.remote.look(new, legacy=place.legacy, hashed=self._deep)
        self.seen |= {(address, oid): state for oid, state in found.items()}
        return {oid: self.seen[address, oid] for oid in sizes}

    def _listing(self, place: _Place, oid: str) -> dict[str, str]:
        """Return hash by name of a folder's files; none if no copy of its listing is intact."""
        if self.seen.get((place.cache.path, oid)) == "intact":
            text = place.cache.fs.cat_file(place.cache.oid_to_path(oid))
        elif place.remote and self._remote(place, {oid: None})[oid] == "intact":
            text = place.remote.read(oid, legacy=place.legacy)
        else:
            return {}
        return parse_folder_object(text, where=oid)
