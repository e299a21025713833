"""The lock entries of the stages a model comes from, and whether the project's files match them.

The stages of ``sub/dvc.yaml`` have their entries in ``sub/dvc.lock``.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from trimtab.errors import ProjectError
from trimtab.flattening import flatten
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import Content, LockEntry, is_legacy, lock_path, path_in_graph, short_name
from trimtab.registry.provenance.content_hashes import ContentHasher, content_hasher
from trimtab.yaml_limits import MAX_LOCK_BYTES

COMPARED_PARAMS_FILES = (".yaml", ".yml", ".json")  # those whose values are compared with the lock entries
MOST_PROBLEMS = 10  # in a message


@dataclass(frozen=True, slots=True)
class RecordedLock:
    """The lock entries of some stages.

    Attributes:
        root: The project's root.
        entries: Each stage with its lock entry, in the graph's order; data sources have none.
    """

    root: Path
    entries: tuple[tuple[Stage, LockEntry], ...]

    @classmethod
    def read(cls, root: Path, stages: tuple[Stage, ...]) -> Self:
        """Read the lock entries of ``stages``.

        Raises:
            ProjectError: A stage has no lock entry: it has not run.
        """
        run = [stage for stage in stages if stage.cmd]
        locked = {path: _read_entries(root / path) for path in dict.fromkeys(lock_path(s.name) for s in run)}
        entries = [(stage, locked[lock_path(stage.name)].get(short_name(stage.name))) for stage in run]
        missing = [stage.name for stage, entry in entries if entry is None]
        if missing:
            raise ProjectError(
                f"Stages without a lock entry, which have not run: {', '.join(missing)}",
                where=", ".join(str(root / path) for path in locked),
                fix="run `dvc repro`",
            )
        return cls(root, tuple((stage, entry) for stage, entry in entries if entry is not None))

    @property
    def files(self) -> list[str]:
        """The lock files that hold the entries, in the graph's order, as paths in the project."""
        return list(dict.fromkeys(lock_path(stage.name) for stage, _ in self.entries))

    @property
    def params_files(self) -> list[str]:
        """The params files of the stages, and always the project's ``params.yaml``."""
        return sorted({PARAMS_FILE, *(file for file, _, _ in self._params())})

    def key(self, name: str) -> str:
        """Return the content key: SHA-256 of the model's name and all lock entries."""
        content = [name, {stage.name: entry for stage, entry in self.entries}]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    def params(self) -> dict[str, object]:
        """Return the params the stages ran with, flattened; those outside ``params.yaml`` as ``file:key``."""
        return {key if file == PARAMS_FILE else f"{file}:{key}": value for file, key, value in self._params()}

    def _params(self) -> Iterator[tuple[str, str, object]]:
        """Yield the params file, relative to the root, the key and the value of each param of the stages."""
        for stage, entry in self.entries:
            for file, values in (entry.get("params") or {}).items():
                for key, value in flatten(values):
                    yield path_in_graph(stage, file), key, value

    def dependencies(self, name: str) -> dict[str, Content]:
        """Return the dependencies of a stage by path, each with hash and size as its lock entry has them."""
        found = [(stage, entry) for stage, entry in self.entries if stage.name == name]
        return {
            path_in_graph(stage, dep["path"]): dep
            for stage, entry in found
            for dep in entry.get("deps") or []
            if "md5" in dep
        }

    def upstream_hashes(self, path: str) -> dict[str, str]:
        """Return what the stage that makes ``path`` reads of other stages: path to content hash."""
        outputs = self._hashes("outs")
        return {
            dep: value
            for stage, entry in self.entries
            if _holder(path, _hashes(stage, entry, "outs"))
            for dep, value in _hashes(stage, entry, "deps").items()
            if _holder(dep, outputs)
        }

    def output_hash(self, path: str) -> dict[str, str]:
        """Return an output with its content hash; nothing if no stage makes it."""
        outputs = self._hashes("outs")
        return {path: outputs[path]} if path in outputs else {}

    def check(self, files: Collection[str]) -> None:
        """Refuse files that come from different runs, such as a new model beside the report on an old one.

        Args:
            files: What will be published, as paths in the project.

        Raises:
            ProjectError: A stage read other content than its upstream stage made, params have changed since,
                or a file differs from the lock entry.
        """
        with content_hasher(self.root) as hasher:
            stale = [*self._stale_stages(hasher), *self._stale_params(), *self._stale_files(files, hasher)]
        if stale:
            raise ProjectError(
                "The files do not come from one run: " + "; ".join(sorted(set(stale))[:MOST_PROBLEMS]),
                where=", ".join(str(self.root / file) for file in self.files),
                fix="run `dvc repro` (or `dvc checkout`), so that `dvc status` says up to date",
            )

    def _stale_stages(self, hasher: ContentHasher) -> Iterator[str]:
        outputs = self._hashes("outs")
        for stage, entry in self.entries:
            for path, content in _contents(stage, entry, "deps").items():
                current = outputs.get(path)
                if current is None and _holder(path, outputs):
                    current = hasher.hash(path, legacy=is_legacy(content))
                if current is not None and current != content["md5"]:
                    yield f"stage {stage.name} ran on another {path}"

    def _stale_params(self) -> Iterator[str]:
        current: dict[str, dict[str, object]] = {}
        for file, key, value in self._params():
            if not file.endswith(COMPARED_PARAMS_FILES) or not (self.root / file).is_file():
                continue
            if file not in current:
                current[file] = dict(flatten(load_yaml(self.root / file)))
            if current[file].get(key) != value:
                yield f"param {key} was {value!r}, is {current[file].get(key)!r}"

    def _stale_files(self, files: Collection[str], hasher: ContentHasher) -> Iterator[str]:
        outputs = {
            path: content
            for stage, entry in self.entries
            for path, content in _contents(stage, entry, "outs").items()
        }
        for holder in {_holder(path, outputs) or path for path in files}:
            if holder not in outputs:
                yield f"no stage makes {holder}"
            elif hasher.hash(holder, legacy=is_legacy(outputs[holder])) != outputs[holder]["md5"]:
                yield f"{holder} is missing or has changed"

    def _hashes(self, side: Literal["deps", "outs"]) -> dict[str, str]:
        return {
            path: value
            for stage, entry in self.entries
            for path, value in _hashes(stage, entry, side).items()
        }


def _read_entries(path: Path) -> Mapping[str, LockEntry]:
    """Return the entries of a lock file; a file that does not exist has none."""
    return (load_yaml(path, largest=MAX_LOCK_BYTES).get("stages") or {}) if path.is_file() else {}


def _contents(stage: Stage, entry: LockEntry, side: Literal["deps", "outs"]) -> dict[str, Content]:
    """Return one side of a lock entry by path; its paths are relative to the stage's folder."""
    return {
        posixpath.normpath(posixpath.join(stage.wdir, item["path"])): item
        for item in entry.get(side) or []
        if "md5" in item
    }


def _hashes(stage: Stage, entry: LockEntry, side: Literal["deps", "outs"]) -> dict[str, str]:
    return {path: content["md5"] for path, content in _contents(stage, entry, side).items()}


def _holder(path: str, outputs: Collection[str]) -> str | None:
    """Return the output that is ``path``, or that ``path`` lies in."""
    candidates = [path, *map(str, PurePosixPath(path).parents)]
    return next((candidate for candidate in candidates if candidate in outputs), None)
