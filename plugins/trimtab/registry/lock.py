"""What ``dvc.lock`` says of the stages a model comes from, and whether the files at hand are those."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self

from trimtab.config import load_yaml
from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Stage


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
        path = root / "dvc.lock"
        locked = load_yaml(path).get("stages") or {}
        missing = [stage.name for stage in stages if stage.cmd and stage.name not in locked]
        if missing:
            raise ProjectError(
                f"Stages that have not run: {', '.join(missing)}", where=str(path), fix="run `dvc repro`"
            )
        return cls(root, tuple((stage, locked[stage.name]) for stage in stages if stage.cmd))

    def key(self, name: str) -> str:
        """Return the SHA-256 of the model's name and all it comes from: same content, same key."""
        content = [name, {stage.name: entry for stage, entry in self.entries}]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    def params(self) -> dict[str, Any]:
        """Return the params the stages ran with, flattened; those outside ``params.yaml`` as ``file:key``."""
        return {
            key if file == "params.yaml" else f"{file}:{key}": value
            for _, entry in self.entries
            for file, values in (entry.get("params") or {}).items()
            for key, value in flatten(values)
        }

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
        stale = [*self._stale_stages(), *self._stale_params(), *self._stale_files(files)]
        if stale:
            raise ProjectError(
                "The files at hand are not one result: " + "; ".join(sorted(set(stale))[:10]),
                where=str(self.root / "dvc.lock"),
                fix="run `dvc repro` (or `dvc checkout`), so that `dvc status` says up to date",
            )

    def _stale_stages(self) -> Iterator[str]:
        made = self._hashes("outs")
        for stage, entry in self.entries:
            for path, seen in _hashes(stage, entry, "deps").items():
                known = made.get(path)
                if known is None and _holder(path, made):
                    known = content_hash(self.root / path)
                if known is not None and known != seen:
                    yield f"stage {stage.name} ran on another {path}"

    def _stale_params(self) -> Iterator[str]:
        current = dict(flatten(load_yaml(self.root / "params.yaml")))
        for key, value in self.params().items():
            if ":" not in key and current.get(key) != value:
                yield f"param {key} was {value!r}, is {current.get(key)!r}"

    def _stale_files(self, files: Collection[str]) -> Iterator[str]:
        made = self._hashes("outs")
        for holder in {_holder(path, made) or path for path in files}:
            if holder not in made:
                yield f"no stage makes {holder}"
            elif content_hash(self.root / holder) != made[holder]:
                yield f"{holder} is missing or has changed"

    def _hashes(self, side: Literal["deps", "outs"]) -> dict[str, str]:
        return {
            path: value
            for stage, entry in self.entries
            for path, value in _hashes(stage, entry, side).items()
        }


def flatten(values: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of nested mappings with their dotted paths; a list is a leaf."""
    if not isinstance(values, Mapping):
        yield prefix, values
        return
    for key, value in values.items():
        yield from flatten(value, f"{prefix}.{key}" if prefix else str(key))


def content_hash(path: Path) -> str | None:
    """Return a file's or a folder's hash as DVC writes it into its lock; ``None`` if there is none."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "md5").hexdigest()
    if not path.is_dir():
        return None
    listing = sorted(
        ({"md5": content_hash(file), "relpath": file.relative_to(path).as_posix()} for file in _files(path)),
        key=lambda entry: str(entry["relpath"]),
    )
    return hashlib.md5(json.dumps(listing, sort_keys=True).encode()).hexdigest() + ".dir"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


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
