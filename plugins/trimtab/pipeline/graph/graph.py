"""The neutral graph: what DVC's resolver makes of a project, in frozen dataclasses.

Nothing here imports DVC, so that Airflow can parse a DAG, and a report can be written, without it.
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
    """Split DVC's address of a stage into its file, if it names one, and its name there.

    What ``foreach`` iterates over may hold a colon too: ``features@a:b`` names no file.
    """
    found = _FILE.match(address)
    return (found[1], address[found.end() :]) if found else ("", address)


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a stage.

    Attributes:
        path: Relative to the root, or a URL.
        cache: False for those that are kept in git, not in DVC's cache.
        persist: Whether it is still there when the stage runs again.
        push: Whether `dvc push` takes it.
        remote: The remote it goes to, if that is not the default one.
    """

    path: str
    kind: Literal["out", "metric", "plot"] = "out"
    cache: bool = True
    persist: bool = False
    push: bool = True
    remote: str | None = None

    def plain(self) -> str | list[Any]:
        """Return it as JSON can hold it: most are no more than a path."""
        row = [self.path, self.kind, self.cache, self.persist, self.push, self.remote]
        return self.path if row[1:] == ["out", True, False, True, None] else row

    @classmethod
    def of(cls, plain: str | list[Any]) -> Self:
        """Make one of what :meth:`plain` returned."""
        return cls(plain) if isinstance(plain, str) else cls(*plain)


@dataclass(frozen=True, slots=True)
class Stage:
    """One resolved stage.

    Attributes:
        name: DVC's address: ``train``, ``features@a``, ``sub/dvc.yaml:train``, ``data/raw.csv.dvc``.
        cmd: The shell commands, in order; empty for a data source (a ``.dvc`` file).
        listed: Whether ``dvc.yaml`` has them as a list; one text of several lines is a single ``cmd``.
        wdir: Where they run.
        params: Params file to the keys the stage depends on; no keys mean the whole file.
        gate: ``data`` or ``model`` where ``meta: {trimtab: {gate: …}}`` says the stage is a gate.
        spelled: Dependencies and outputs to how ``dvc.lock`` has them, where that is not the plain path
            relative to ``wdir``: ``./data``, ``data/``.
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
    listed: bool = False
    spelled: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> list[Any]:
        """Return it as JSON can hold it, in the order of the fields."""
        outs = [out.plain() for out in self.outs]
        return [
            *(self.name, self.cmd, self.wdir, self.deps, outs, self.params),
            *(self.frozen, self.always_changed, self.desc, self.meta, self.listed, self.spelled),
        ]

    @classmethod
    def of(cls, plain: list[Any]) -> Self:
        """Make one of what :meth:`plain` returned, before or after JSON."""
        name, cmd, wdir, deps, outs, params, *rest = plain
        params = {file: tuple(keys) for file, keys in params.items()}
        return cls(name, tuple(cmd), wdir, tuple(deps), tuple(map(Output.of, outs)), params, *rest)

    @property
    def is_callback(self) -> bool:
        """Whether nothing says what it depends on and makes, so that it always runs."""
        return not (self.deps or self.params or self.outs)

    @property
    def gate(self) -> str | None:
        """The kind of gate this stage is, if it is one."""
        said = self.meta.get("trimtab")
        return said.get("gate") if isinstance(said, dict) else None


@dataclass(frozen=True, slots=True)
class Artifact:
    """An entry of ``artifacts:`` in ``dvc.yaml``; the registry finds the model by ``type``."""

    name: str
    path: str
    type: str = ""
    desc: str = ""
    labels: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, plain: Sequence[Any]) -> Self:
        """Make one of its fields, before or after JSON."""
        name, path, type_, desc, labels, meta = plain
        return cls(name, path, type_, desc, tuple(labels), meta)


@dataclass(frozen=True)
class Graph:
    """The whole pipeline.

    Attributes:
        stages: Every stage that has a command, each after all it depends on, in the order DVC runs them.
        edges: Pairs (upstream, downstream) of names, those of sources too.
        artifacts: What ``dvc.yaml`` declares as artifacts.
        sources: The ``.dvc`` files: data that ``dvc add``, ``import`` or ``import-url`` brought.
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

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it, small: there may be thousands of stages and ten times the edges."""
        number = {stage.name: place for place, stage in enumerate((*self.sources, *self.stages))}
        return {
            "sources": [source.plain() for source in self.sources],
            "stages": [stage.plain() for stage in self.stages],
            "edges": [number[name] for edge in self.edges for name in edge],
            "artifacts": [dataclasses.astuple(artifact) for artifact in self.artifacts],
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """Make one of what :meth:`plain` returned, before or after JSON."""
        sources = tuple(map(Stage.of, plain["sources"]))
        stages = tuple(map(Stage.of, plain["stages"]))
        names = [stage.name for stage in (*sources, *stages)]
        ends = iter([names[place] for place in plain["edges"]])
        artifacts = tuple(map(Artifact.of, plain["artifacts"]))
        return cls(stages, tuple(zip(ends, ends, strict=True)), artifacts, sources)

    def stage(self, name: str) -> Stage:
        """Return the stage of that name; ``KeyError`` if there is none."""
        return self._by_name[name]

    def upstream(self, name: str) -> tuple[str, ...]:
        """Names of the stages that must be done before ``name``, in the graph's order.

        Sources are left out; and a frozen stage waits for nobody, as for DVC.
        """
        return tuple(self._neighbours[0][name])

    def downstream(self, name: str) -> tuple[str, ...]:
        """Names of the stages that directly depend on ``name``, in the graph's order."""
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
        """The sources that hold data a stage directly depends on."""
        return tuple(self._sources_of[name])

    def digest(self, name: str) -> str:
        """A short hash of a stage and of what comes right before it, to compare it in two graphs."""
        around = [self.stage(name), *map(self.stage, self.upstream(name)), *self.sources_of(name)]
        return hashlib.sha256("\n".join(map(self._text, around)).encode()).hexdigest()[:16]

    def _text(self, stage: Stage) -> str:
        if stage.name not in self._texts:
            self._texts[stage.name] = json.dumps(stage.plain(), sort_keys=True, default=str)
        return self._texts[stage.name]

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {}

    def only(self, targets: tuple[str, ...]) -> Self:
        """Return the part of the graph that ``targets``, stages or sources, need, themselves included."""
        sources = {source.name for source in self.sources}
        wanted, pending = set[str](), [name for name in targets if name not in sources]
        while pending:
            name = pending.pop()
            if name not in wanted:
                wanted.add(self.stage(name).name)
                pending.extend(self.upstream(name))
        read = {up for up, down in self.edges if down in wanted and not self.stage(down).frozen}
        return self.just({*wanted, *sources.intersection(read.union(targets))})

    def just(self, names: Collection[str]) -> Self:
        """Return the part of the graph that is made of these stages and sources, and of nothing they need."""
        return dataclasses.replace(
            self,
            stages=tuple(stage for stage in self.stages if stage.name in names),
            sources=tuple(source for source in self.sources if source.name in names),
            edges=tuple(edge for edge in self.edges if edge[0] in names and edge[1] in names),
        )
