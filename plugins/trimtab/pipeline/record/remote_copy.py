"""Copy the contents that a revision names to another remote, and check what that remote has afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError, RemoteError, closest
from trimtab.pipeline.cache import ObjectState
from trimtab.pipeline.lock import Content, is_folder, is_legacy
from trimtab.pipeline.record.required_objects import RequiredObject
from trimtab.pipeline.worktree import WorkTree

if TYPE_CHECKING:
    from trimtab.pipeline.cache import Remote


@dataclass(frozen=True)
class RemoteCopy:
    """What a remote has after a copy.

    Attributes:
        checked: Number of cache objects that were read there and have their hash.
        copied: How many of them it lacked before.
    """

    checked: int
    copied: int


def copy_to_remote(tree: WorkTree, required: Iterable[RequiredObject], *, remote: str) -> RemoteCopy:
    """Copy the contents that another remote lacks, and read and hash there what it has.

    A content that is complete in the other remote is not needed in the cache, nor in its own remote. So a
    second call after a failure continues where the first one ended.

    Args:
        tree: A checkout of the revision.
        required: The contents that the revision names.
        remote: The name of the other remote.

    Raises:
        ConfigError: The project has no such remote.
        MissingObjectError: A content is neither in the other remote, nor in the cache, nor in its own remote.
        RemoteError: A remote cannot be reached, or an object there has another hash.
    """
    known = tree.repo.config["remote"]
    target = tree.cache.remotes.get(remote) if remote in known else None
    if target is None:
        raise ConfigError(
            f"The project has no DVC remote '{remote}'{closest(remote, known)}",
            where=".dvc/config",
            fix=f"`dvc remote add {remote} URL`, and commit it; nothing has been promoted",
        )
    checked: set[str] = set()
    copied: set[str] = set()
    for each in required:
        if each.in_git and tree.is_in_place(each.path, each.content):
            continue
        objects = _objects(tree, each.content)
        new = {oid: size for oid, size in objects.items() if oid not in checked}
        absent = [oid for oid, state in _check(target, new, each).items() if state == "absent"]
        if absent:
            tree.cache.ensure_intact(each.content, what=f"'{each.path}'", where=f"remote '{remote}'")
            tree.cache.push([each.content], remote=remote)
            _require_intact(target, {oid: new[oid] for oid in absent}, each)
        checked |= new.keys()
        copied.update(absent)
    return RemoteCopy(len(checked), len(copied))


def _objects(tree: WorkTree, content: Content) -> dict[str, int | None]:
    """Map the hash of each cache object of a content to its size, if that is known."""
    oid = str(content["md5"])
    if not is_folder(content):
        return {oid: content.get("size")}
    return {**dict.fromkeys(tree.cache.listing(content).values()), oid: None}


def _check(
    remote: Remote, objects: Mapping[str, int | None], required: RequiredObject
) -> dict[str, ObjectState]:
    """Read and hash objects in a remote; refuse one that has another hash.

    Raises:
        RemoteError: An object is altered there.
    """
    if not objects:
        return {}
    states = remote.check_objects(objects, legacy=is_legacy(required.content), rehash=True)
    altered = [oid for oid, state in states.items() if state == "altered"]
    if altered:
        raise RemoteError(
            f"The object {altered[0]} of '{required.path}' has another hash in the remote",
            where=f"DVC remote '{remote.name}'",
            fix="remove it there, then run this again; nothing has been promoted",
        )
    return states


def _require_intact(remote: Remote, objects: Mapping[str, int | None], required: RequiredObject) -> None:
    lost = [oid for oid, state in _check(remote, objects, required).items() if state != "intact"]
    if lost:
        raise RemoteError(
            f"The remote does not have the object {lost[0]} of '{required.path}' that was copied to it",
            where=f"DVC remote '{remote.name}'",
            fix="check the storage, then run this again; nothing has been promoted",
        )
