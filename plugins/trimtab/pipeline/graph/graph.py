"""The neutral graph: the stages and data sources of a project, as DVC resolves them, in frozen dataclasses.

This module does not import DVC. So Airflow can parse a DAG, and a report can be written, without it.
Paths are POSIX and relative to the project's root, the folder that holds ``.dvc``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

PIPELINE_FILE = "dvc.yaml"
_FILE = re.compile(rf"((?:.*?/)?{re.escape(PIPELINE_FILE)}):")


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
    kind: Literal["out", "metric", "plot"] = "out"
    cache: bool = True
    persist: bool = False
    push: bool = True
    remote: str | None = None

    def to_json(self) -> str | list[Any]:
        """Return the output as JSON values: its path only, if all other fields have their defaults."""
        row = [self.path, self.kind, self.cache, self.persist, self.push, self.remote]
        return self.path if row[1:] == ["out", True, False, True, None] else row

    @classmethod
    def from_json(cls, values: str | list[Any]) -> Self:
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
    meta: Mapping[str, Any] = field(default_factory=dict)
    cmd_is_list: bool = False
    paths_in_lock: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> list[Any]:
        """Return the stage as JSON values, in the order of the fields."""
        outs = [out.to_json() for out in self.outs]
        return [
            *(self.name, self.cmd, self.wdir, self.deps, outs, self.params),
            *(self.frozen, self.always_changed, self.desc, self.meta, self.cmd_is_list, self.paths_in_lock),
        ]

    @classmethod
    def from_json(cls, values: list[Any]) -> Self:
        """Return the stage that :meth:`to_json` has serialized."""
        name, cmd, wdir, deps, outs, params, *rest = values
        params = {file: tuple(keys) for file, keys in params.items()}
        return cls(name, tuple(cmd), wdir, tuple(deps), tuple(map(Output.from_json, outs)), params, *rest)

    @property
    def is_callback(self) -> bool:
        """Whether the stage has no dependencies, params and outputs. Such a stage always runs."""
        return not (self.deps or self.params or self.outs)

    @property
    def gate(self) -> str | None:
        """``data`` or ``model`` if ``meta: {trimtab: {gate: …}}`` declares the stage as a gate."""
        settings = self.meta.get("trimtab")
        return settings.get("gate") if isinstance(settings, dict) else None


@dataclass(frozen=True, slots=True)
class Artifact:
    """An artifact that ``dvc.yaml`` declares. The registry finds the model by its ``type``."""

    name: str
    path: str
    type: str = ""
    desc: str = ""
    labels: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> Self:
        """Return the artifact with these fields."""
        name, path, type_, desc, labels, meta = values
        return cls(name, path, type_, desc, tuple(labels), meta)


@dataclass(frozen=True)
class Graph:
    """A pipeline, or a part of it.

    Attributes:
        stages: Every stage that has a command, in the order DVC runs them: each after its upstream stages.
        edges: Pairs (upstream, downstream) of names of stages and sources.
        artifacts: The artifacts that ``dvc.yaml`` declares.
        sources: The ``.dvc`` files: data that ``dvc add``, ``import`` or ``import-url`` has added.
    """

    stages: tuple[Stage, ...]
    edges: tuple[tuple[str, str], ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    sources: tuple[Stage, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, Stage]:
        return {stage.name: stage for stage in self.stages}

    @cached_property
    def _order(self) -> dict[str, int]:
        return {stage.name: position for position, stage in enumerate(self.stages)}

    @cached_property
    def _neighbours(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        upstream: dict[str, list[str]] = {name: [] for name in self._order}
        downstream: dict[str, list[str]] = {name: [] for name in self._order}
        for up, down in self.edges:
            if up in upstream and down in upstream and not self._by_name[down].frozen:
                upstream[down].append(up)
                downstream[up].append(down)
        for neighbours in (*upstream.values(), *downstream.values()):
            neighbours.sort(key=self._order.__getitem__)
        return upstream, downstream

    def to_dict(self) -> dict[str, Any]:
        """Return the graph as JSON values. Edges are numbers: there may be tens of thousands of them."""
        number = {stage.name: place for place, stage in enumerate((*self.sources, *self.stages))}
        return {
            "sources": [source.to_json() for source in self.sources],
            "stages": [stage.to_json() for stage in self.stages],
            "edges": [number[name] for edge in self.edges for name in edge],
            "artifacts": [dataclasses.astuple(artifact) for artifact in self.artifacts],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the graph that :meth:`to_dict` has serialized."""
        sources = tuple(map(Stage.from_json, values["sources"]))
        stages = tuple(map(Stage.from_json, values["stages"]))
        names = [stage.name for stage in (*sources, *stages)]
        ends = iter([names[place] for place in values["edges"]])
        artifacts = tuple(map(Artifact.from_json, values["artifacts"]))
        return cls(stages, tuple(zip(ends, ends, strict=True)), artifacts, sources)

    def stage(self, name: str) -> Stage:
        """Return a stage by its name; raise ``KeyError`` if there is none."""
        return self._by_name[name]

    def upstream(self, name: str) -> tuple[str, ...]:
        """Return the names of the stages that ``name`` directly depends on, in the graph's order.

        Sources are left out. A frozen stage depends on no stage, as in DVC.
        """
        return tuple(self._neighbours[0][name])

    def downstream(self, name: str) -> tuple[str, ...]:
        """Return the names of the stages that directly depend on ``name``, in the graph's order."""
        return tuple(self._neighbours[1][name])

    @cached_property
    def _sources_of(self) -> dict[str, list[Stage]]:
        sources = {source.name: source for source in self.sources}
        found: dict[str, list[Stage]] = {name: [] for name in self._order}
        for up, down in self.edges:
            if up in sources and down in found:
                found[down].append(sources[up])
        return found

    def sources_of(self, name: str) -> tuple[Stage, ...]:
        """Return the sources whose data a stage directly depends on."""
        return tuple(self._sources_of[name])

    def digest(self, name: str) -> str:
        """Return a short hash of a stage and its direct upstream, to compare the stage in two graphs."""
        hashed = [self.stage(name), *map(self.stage, self.upstream(name)), *self.sources_of(name)]
        return hashlib.sha256("\n".join(map(self._text, hashed)).encode()).hexdigest()[:16]

    def _text(self, stage: Stage) -> str:
        if stage.name not in self._texts:
            self._texts[stage.name] = json.dumps(stage.to_json(), sort_keys=True, default=str)
        return self._texts[stage.name]

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {}

    def with_upstream(self, targets: tuple[str, ...]) -> Self:
        """Return the part of the graph with these stages and sources, and everything upstream of them."""
        sources = {source.name for source in self.sources}
        wanted, pending = set[str](), [name for name in targets if name not in sources]
        while pending:
            name = pending.pop()
            if name not in wanted:
                wanted.add(self.stage(name).name)
                pending.extend(self.upstream(name))
        read = {up for up, down in self.edges if down in wanted and not self.stage(down).frozen}
        return self.subgraph({*wanted, *sources.intersection(read.union(targets))})

    def subgraph(self, names: Collection[str]) -> Self:
        """Return the part of the graph with these stages and sources only."""
        return dataclasses.replace(
            self,
            stages=tuple(stage for stage in self.stages if stage.name in names),
            sources=tuple(source for source in self.sources if source.name in names),
            edges=tuple(edge for edge in self.edges if edge[0] in names and edge[1] in names),
        )
