"""What ``dvc.lock`` says of the stages a model comes from, and whether the files at hand are those.

The stages of ``sub/dvc.yaml`` have their entries in ``sub/dvc.lock``.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self

from trimtab.config import PARAMS_FILE, load_yaml
from trimtab.errors import ProjectError
from trimtab.flattening import flatten
from trimtab.pipeline.cache import Hasher, open_hasher
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import lock_path, path_in_graph, short_name
from trimtab.yaml_limits import MAX_LOCK_BYTES

READ_AGAIN = (".yaml", ".yml", ".json")  # params files that are compared with what a stage ran with


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock entries of some stages.

    Attributes:
        root: The project's root folder.
        entries: Each stage with its entry, in the graph's order; data sources have none.
    """

    root: Path
    entries: tuple[tuple[Stage, Mapping[str, Any]], ...]

    @classmethod
    def read(cls, root: Path, stages: tuple[Stage, ...]) -> Self:
        """Read the entries of ``stages``.

        Raises:
            ProjectError: One of them has none: it has not run.
        """
        run = [stage for stage in stages if stage.cmd]
        locked = {path: _entries(root / path) for path in dict.fromkeys(lock_path(s.name) for s in run)}
        entries = [(stage, locked[lock_path(stage.name)].get(short_name(stage.name))) for stage in run]
        missing = [stage.name for stage, entry in entries if entry is None]
        if missing:
            raise ProjectError(
                f"Stages that have not run: {', '.join(missing)}",
                where=", ".join(str(root / path) for path in locked),
                fix="run `dvc repro`",
            )
        return cls(root, tuple((stage, entry) for stage, entry in entries if entry is not None))

    @property
    def files(self) -> list[str]:
        """The ``dvc.lock`` files that hold the entries, in the graph's order, as paths in the project."""
        return list(dict.fromkeys(lock_path(stage.name) for stage, _ in self.entries))

    @property
    def params_files(self) -> list[str]:
        """The params files that the stages have read, ``params.yaml`` of the project always among them."""
        return sorted({PARAMS_FILE, *(file for file, _, _ in self._params())})

    def key(self, name: str) -> str:
        """Return the SHA-256 of the model's name and all it comes from: same content, same key."""
        content = [name, {stage.name: entry for stage, entry in self.entries}]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    def params(self) -> dict[str, Any]:
        """Return the params the stages ran with, flattened; those outside ``params.yaml`` as ``file:key``."""
        return {key if file == PARAMS_FILE else f"{file}:{key}": value for file, key, value in self._params()}

    def _params(self) -> Iterator[tuple[str, str, Any]]:
        """Yield the params file, relative to the root, the key and the value of each param of the stages."""
        for stage, entry in self.entries:
            for file, values in (entry.get("params") or {}).items():
                for key, value in flatten(values):
                    yield path_in_graph(stage, file), key, value

    def read_by(self, name: str) -> dict[str, Mapping[str, Any]]:
        """Return what a stage has read, as its entry has it: path to hash, size and so on."""
        entry = next((entry for stage, entry in self.entries if stage.name == name), {})
        stage = next((stage for stage, _ in self.entries if stage.name == name), Stage(name))
        return {path_in_graph(stage, dep["path"]): dep for dep in entry.get("deps") or [] if "md5" in dep}

    def inputs(self, path: str) -> dict[str, str]:
        """Return what the stage that makes ``path`` reads of other stages: path to content hash."""
        made = self._hashes("outs")
        return {
            read: seen
            for stage, entry in self.entries
            if _holder(path, _hashes(stage, entry, "outs"))
            for read, seen in _hashes(stage, entry, "deps").items()
            if _holder(read, made)
        }

    def made(self, path: str) -> dict[str, str]:
        """Return a stage's output and its content hash; nothing if no stage makes it."""
        made = self._hashes("outs")
        return {path: made[path]} if path in made else {}

    def check(self, files: Collection[str]) -> None:
        """Refuse a result put together from several: a rerun model beside the report on another.

        Args:
            files: What will be published, as paths in the project.

        Raises:
            ProjectError: A stage saw other content than its upstream stage made, params have changed
                since, or a file is not the one in the lock.
        """
        with open_hasher(self.root) as hasher:
            stale = [
                *self._stale_stages(hasher),
                *self._stale_params(),
                *self._stale_files(hasher, files),
            ]
        if stale:
            raise ProjectError(
                "The files at hand are not one result: " + "; ".join(sorted(set(stale))[:10]),
                where=", ".join(str(self.root / file) for file in self.files),
                fix="run `dvc repro` (or `dvc checkout`), so that `dvc status` says up to date",
            )

    def _stale_stages(self, hasher: Hasher) -> Iterator[str]:
        made = self._hashes("outs")
        for stage, entry in self.entries:
            for path, seen in _hashes(stage, entry, "deps").items():
                known = made.get(path)
                if known is None and _holder(path, made):
                    known = dvc_hash(hasher, self.root / path)
                if known is not None and known != seen:
                    yield f"stage {stage.name} ran on another {path}"

    def _stale_params(self) -> Iterator[str]:
        current: dict[str, dict[str, Any]] = {}
        for file, key, value in self._params():
            if not file.endswith(READ_AGAIN) or not (self.root / file).is_file():
                continue
            if file not in current:
                current[file] = dict(flatten(load_yaml(self.root / file)))
            if current[file].get(key) != value:
                yield f"param {key} was {value!r}, is {current[file].get(key)!r}"

    def _stale_files(self, hasher: Hasher, files: Collection[str]) -> Iterator[str]:
        made = self._hashes("outs")
        for holder in {_holder(path, made) or path for path in files}:
            if holder not in made:
                yield f"no stage makes {holder}"
            elif dvc_hash(hasher, self.root / holder) != made[holder]:
                yield f"{holder} is missing or has changed"

    def _hashes(self, side: Literal["deps", "outs"]) -> dict[str, str]:
        return {
            path: value
            for stage, entry in self.entries
            for path, value in _hashes(stage, entry, side).items()
        }


def locks_hash(folder: Path, files: Iterable[str]) -> str:
    """Return the SHA-256 of lock files, as a run's record has it; empty if one is not there."""
    paths = [folder / file for file in files]
    if not all(path.is_file() for path in paths):
        return ""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _entries(path: Path) -> Mapping[str, Any]:
    """Return the entries of a lock file; one that is not there has none."""
    return (load_yaml(path, largest=MAX_LOCK_BYTES).get("stages") or {}) if path.is_file() else {}


def dvc_hash(hasher: Hasher, path: Path) -> str | None:
    """Return the hash that ``dvc.lock`` has of a file or a folder; ``None`` if there is none at the path."""
    try:
        return str(hasher.hash(path)["md5"])
    except FileNotFoundError:
        return None


def _hashes(stage: Stage, entry: Mapping[str, Any], side: str) -> dict[str, str]:
    """Return the content hashes of one side of an entry; its paths are relative to the stage's folder."""
    return {
        posixpath.normpath(posixpath.join(stage.wdir, item["path"])): item["md5"]
        for item in entry.get(side) or []
        if "md5" in item
    }


def _holder(path: str, made: Mapping[str, str]) -> str | None:
    """Return the output that ``path`` is, or lies in."""
    candidates = [path, *map(str, PurePosixPath(path).parents)]
    return next((candidate for candidate in candidates if candidate in made), None)
