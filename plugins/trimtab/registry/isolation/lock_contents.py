"""What the stages of lock files read and wrote, by content, without the graph of their commit."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trimtab.params_file import load_yaml
from trimtab.pipeline.graph import PIPELINE_FILE
from trimtab.pipeline.lock import Content, LockItem, is_folder
from trimtab.yaml_limits import MAX_LOCK_BYTES

Files = Callable[[str, Content], Collection[str]]  # path and content of a folder to the hashes of its files


@dataclass(frozen=True)
class LockedStage:
    """What a stage read and wrote.

    Attributes:
        name: The stage, as the graph names it.
        deps: Path, as the lock file has it, to content.
        outs: Likewise.
    """

    name: str
    deps: Mapping[str, Content]
    outs: Mapping[str, Content]

    @property
    def contents(self) -> Iterator[tuple[str, Content]]:
        """Each path that the stage read or wrote, with its content."""
        yield from self.deps.items()
        yield from self.outs.items()


def locked_stages(locks: Mapping[str, Path]) -> list[LockedStage]:
    """Return the stages of lock files.

    Args:
        locks: Path of a lock file in the project to the file.

    Raises:
        ConfigError: A file is no YAML.
    """
    return [
        LockedStage(_stage_name(path, name), _contents(entry.get("deps")), _contents(entry.get("outs")))
        for path, file in locks.items()
        for name, entry in (load_yaml(file, largest=MAX_LOCK_BYTES).get("stages") or {}).items()
    ]


def tainted_stages(
    stages: Iterable[LockedStage], hashes: Collection[str], files: Files
) -> Iterator[tuple[LockedStage, str, str]]:
    """Yield each stage that read or wrote one of some contents, with the path and the hash.

    Args:
        stages: The stages.
        hashes: The contents, without ``.dir``.
        files: Returns the hashes of the files of a folder. It is called only if nothing else is found.
    """
    stages = list(stages)
    for stage in stages:
        for path, content in stage.contents:
            found = _own_hash(content)
            if found in hashes:
                yield stage, path, found
    for stage in stages:
        for path, content in stage.contents:
            if is_folder(content) and _own_hash(content) not in hashes:
                for inside in sorted(set(files(path, content)) & set(hashes)):
                    yield stage, path, inside


def downstream(stages: Iterable[LockedStage], tainted: Collection[str]) -> set[str]:
    """Return the names of some stages and of those that read, directly or not, what they wrote."""
    stages, found = list(stages), set(tainted)
    while True:
        written = [path for stage in stages if stage.name in found for path in stage.outs]
        new = {
            stage.name
            for stage in stages
            if stage.name not in found and any(_overlap(dep, out) for dep in stage.deps for out in written)
        }
        if not new:
            return found
        found |= new


def _overlap(path: str, other: str) -> bool:
    one, two = PurePosixPath(path), PurePosixPath(other)
    return one.is_relative_to(two) or two.is_relative_to(one)


def _own_hash(content: Content) -> str:
    return str(content.get("md5", "")).removesuffix(".dir")


def _stage_name(lock: str, name: str) -> str:
    folder = posixpath.dirname(lock)
    return f"{folder}/{PIPELINE_FILE}:{name}" if folder else name


def _contents(items: Iterable[LockItem] | None) -> dict[str, Content]:
    return {item["path"]: item for item in items or [] if "md5" in item}
