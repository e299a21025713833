"""Stages, outputs and artifacts, as DVC resolves them, in frozen dataclasses.

This module does not import DVC. Paths are POSIX and relative to the project's root, the folder of ``.dvc``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias

from trimtab.json_value import JsonValue

PIPELINE_FILE = "dvc.yaml"
_FILE = re.compile(rf"((?:.*?/)?{re.escape(PIPELINE_FILE)}):")


OutputKind = Literal["out", "metric", "plot"]

# The fields of an output, a stage and an artifact, in their order, as the graph is serialized.
OutputRow: TypeAlias = str | tuple[str, OutputKind, bool, bool, bool, str | None]
StageRow: TypeAlias = tuple[
    str,
    Sequence[str],
    str,
    Sequence[str],
    Sequence[OutputRow],
    Mapping[str, Sequence[str]],
    bool,
    bool,
    str,
    Mapping[str, JsonValue],
    bool,
    Mapping[str, str],
]
ArtifactRow: TypeAlias = tuple[str, str, str, str, Sequence[str], Mapping[str, JsonValue]]


def split_address(address: str) -> tuple[str, str]:
    """Split DVC's address of a stage into the file, if there is one, and the name in that file.

    An item of ``foreach`` may contain a colon too: ``features@a:b`` has no file.
    """
    found = _FILE.match(address)
    return (found[1], address[found.end() :]) if found else ("", address)


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a stage.

    Attributes:
        path: Relative to the root, or a URL.
        kind: A metrics file, a plot, or any other output.
        cache: False for an output that git tracks instead of DVC's cache.
        persist: Whether DVC keeps it when the stage runs again.
        push: Whether `dvc push` sends it.
        remote: The remote that it is sent to, if that is not the default remote.
    """

    path: str
    kind: OutputKind = "out"
    cache: bool = True
    persist: bool = False
    push: bool = True
    remote: str | None = None

    def to_json(self) -> OutputRow:
        """Return the output as JSON values: its path only, if all other fields have their defaults."""
        row = (self.path, self.kind, self.cache, self.persist, self.push, self.remote)
        return self.path if row[1:] == ("out", True, False, True, None) else row

    @classmethod
    def from_json(cls, values: OutputRow) -> Self:
        """Return the output that :meth:`to_json` has serialized."""
        return cls(values) if isinstance(values, str) else cls(*values)


@dataclass(frozen=True, slots=True)
class Stage:
    """One resolved stage.

    Attributes:
        name: DVC's address: ``train``, ``features@a``, ``sub/dvc.yaml:train``, ``data/raw.csv.dvc``.
        cmd: The shell commands, in order; empty for a data source (a ``.dvc`` file).
        wdir: Their working directory.
        deps: Paths of the dependencies, sorted; params files are not among them.
        outs: The outputs, in the order of ``dvc.yaml``.
        params: Params file to the keys the stage depends on; no keys mean the whole file.
        frozen: Whether DVC does not run the stage when a dependency has changed.
        always_changed: Whether DVC always runs the stage.
        desc: Its description.
        meta: Its ``meta`` mapping.
        cmd_is_list: Whether ``dvc.yaml`` has the commands as a list. A text of several lines is one command.
        paths_in_lock: Paths of dependencies and outputs to how ``dvc.lock`` writes them, if that is not the
            normalized path relative to ``wdir``: ``./data``, ``data/``.
    """

    name: str
    cmd: tuple[str, ...] = ()
    wdir: str = "."
    deps: tuple[str, ...] = ()
    outs: tuple[Output, ...] = ()
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    frozen: bool = False
    always_changed: bool = False
    desc: str = ""
    meta: Mapping[str, JsonValue] = field(default_factory=dict)
    cmd_is_list: bool = False
    paths_in_lock: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> StageRow:
        """Return the stage as JSON values, in the order of the fields."""
        outs = [out.to_json() for out in self.outs]
        return (
            *(self.name, self.cmd, self.wdir, self.deps, outs, self.params),
            *(self.frozen, self.always_changed, self.desc, self.meta, self.cmd_is_list, self.paths_in_lock),
        )

    @classmethod
    def from_json(cls, values: StageRow) -> Self:
        """Return the stage that :meth:`to_json` has serialized."""
        name, cmd, wdir, deps, outs, params, frozen, always_changed, desc, meta, is_list, in_lock = values
        return cls(
            name=name,
            cmd=tuple(cmd),
            wdir=wdir,
            deps=tuple(deps),
            outs=tuple(map(Output.from_json, outs)),
            params={file: tuple(keys) for file, keys in params.items()},
            frozen=frozen,
            always_changed=always_changed,
            desc=desc,
            meta=meta,
            cmd_is_list=is_list,
            paths_in_lock=in_lock,
        )

    @property
    def is_callback(self) -> bool:
        """Whether the stage has no dependencies, params and outputs. Such a stage always runs."""
        return not (self.deps or self.params or self.outs)

    @property
    def gate(self) -> str | None:
        """``data`` or ``model`` if ``meta: {trimtab: {gate: …}}`` declares the stage as a gate."""
        kind = self.setting("gate")
        return kind if isinstance(kind, str) else None

    def setting(self, key: str) -> JsonValue:
        """Return a value of ``meta: {trimtab: …}``; None if it is not given."""
        settings = self.meta.get("trimtab")
        return settings.get(key) if isinstance(settings, dict) else None


@dataclass(frozen=True, slots=True)
class Artifact:
    """An artifact that ``dvc.yaml`` declares. The registry finds the model by its ``type``."""

    name: str
    path: str
    type: str = ""
    desc: str = ""
    labels: tuple[str, ...] = ()
    meta: Mapping[str, JsonValue] = field(default_factory=dict)

    @classmethod
    def from_json(cls, values: ArtifactRow) -> Self:
        """Return the artifact with these fields."""
        name, path, type_, desc, labels, meta = values
        return cls(name, path, type_, desc, tuple(labels), meta)
