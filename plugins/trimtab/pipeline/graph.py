"""The neutral graph: what DVC's resolver makes of a project, in frozen dataclasses.

Nothing here imports DVC, so that Airflow can parse a DAG, and a report can be written, without it.
Paths are POSIX and relative to the project's root, the folder that holds ``.dvc``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a stage; ``cache`` is false for those that are kept in git."""

    path: str
    kind: Literal["out", "metric", "plot"] = "out"
    cache: bool = True


@dataclass(frozen=True, slots=True)
class Stage:
    """One resolved stage.

    Attributes:
        name: DVC's address: ``train``, ``features@a``, ``sub/dvc.yaml:train``, ``data/raw.csv.dvc``.
        cmd: The shell commands, in order; empty for a data source (a ``.dvc`` file).
        wdir: Where they run.
        params: Params file to the keys the stage depends on; no keys mean the whole file.
        gate: ``data`` or ``model`` where ``meta: {trimtab: {gate: …}}`` says the stage is a gate.
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

    @property
    def gate(self) -> str | None:
        """The kind of gate this stage is, if it is one."""
        return (self.meta.get("trimtab") or {}).get("gate")


@dataclass(frozen=True, slots=True)
class Artifact:
    """An entry of ``artifacts:`` in ``dvc.yaml``; the registry finds the model by ``type``."""

    name: str
    path: str
    type: str = ""
    desc: str = ""
    labels: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Graph:
    """The whole pipeline.

    Attributes:
        stages: Every stage, each after all it depends on.
        edges: Pairs (upstream, downstream) of stage names.
        artifacts: What ``dvc.yaml`` declares as artifacts.
    """

    stages: tuple[Stage, ...]
    edges: tuple[tuple[str, str], ...] = ()
    artifacts: tuple[Artifact, ...] = ()

    def stage(self, name: str) -> Stage:
        """Return the stage of that name; ``KeyError`` if there is none."""
        return {stage.name: stage for stage in self.stages}[name]

    def upstream(self, name: str) -> tuple[str, ...]:
        """Names of the stages ``name`` directly depends on, in the graph's order."""
        direct = {up for up, down in self.edges if down == name}
        return tuple(stage.name for stage in self.stages if stage.name in direct)

    def downstream(self, name: str) -> tuple[str, ...]:
        """Names of the stages that directly depend on ``name``, in the graph's order."""
        direct = {down for up, down in self.edges if up == name}
        return tuple(stage.name for stage in self.stages if stage.name in direct)

    def only(self, targets: tuple[str, ...]) -> Self:
        """Return the part of the graph that ``targets`` need, themselves included."""
        wanted, pending = set[str](), list(targets)
        while pending:
            name = pending.pop()
            if name not in wanted:
                wanted.add(self.stage(name).name)
                pending.extend(self.upstream(name))
        return dataclasses.replace(
            self,
            stages=tuple(stage for stage in self.stages if stage.name in wanted),
            edges=tuple(edge for edge in self.edges if edge[1] in wanted),
        )
