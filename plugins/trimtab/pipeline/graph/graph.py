"""The neutral graph: the stages and data sources of a project, as DVC resolves them, in frozen dataclasses.

This module does not import DVC. So Airflow can parse a DAG, and a report can be written, without it.
Paths are POSIX and relative to the project's root, the folder of ``.dvc``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self, TypedDict, final

from trimtab.pipeline.graph.stage import Artifact, ArtifactRow, Stage, StageRow


@final
class GraphDict(TypedDict):
    """A :class:`Graph` as JSON values.

    Attributes:
        sources: The sources.
        stages: The stages.
        edges: Pairs of places in the list of all sources and stages, one after the other.
        artifacts: The artifacts.
    """

    sources: Sequence[StageRow]
    stages: Sequence[StageRow]
    edges: Sequence[int]
    artifacts: Sequence[ArtifactRow]


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

    def to_dict(self) -> GraphDict:
        """Return the graph as JSON values. Edges are numbers: there may be tens of thousands of them."""
        number = {stage.name: place for place, stage in enumerate((*self.sources, *self.stages))}
        return {
            "sources": [source.to_json() for source in self.sources],
            "stages": [stage.to_json() for stage in self.stages],
            "edges": [number[name] for edge in self.edges for name in edge],
            "artifacts": [dataclasses.astuple(artifact) for artifact in self.artifacts],
        }

    @classmethod
    def from_dict(cls, values: GraphDict) -> Self:
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
