"""The graph as a listing, in DVC's own terms: for programs, and for a person."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from trimtab.pipeline.graph.graph import Graph, Stage

if TYPE_CHECKING:
    from rich.table import Table


def listing(graph: Graph) -> dict[str, Any]:
    """Return all stages, sources included, and all edges, as plain values."""
    return {
        "stages": [_listed(stage) for stage in (*graph.sources, *graph.stages)],
        "edges": [list(edge) for edge in graph.edges],
    }


def as_json(graph: Graph) -> str:
    """Return the listing as JSON."""
    return json.dumps(listing(graph), indent=2, ensure_ascii=False)


def as_table(graph: Graph) -> Table:
    """Return the stages in the order they run, each with those it depends on."""
    from rich.table import Table

    from trimtab.terminal import Text

    upstream: defaultdict[str, list[str]] = defaultdict(list)
    for up, down in graph.edges:
        upstream[down].append(up)
    table = Table("stage", "depends on", "", box=None, pad_edge=False)
    for stage in (*graph.sources, *graph.stages):
        table.add_row(
            Text(stage.name, "cyan" if stage.cmd else "dim"),
            ", ".join(upstream[stage.name]),
            Text(", ".join(_marks(stage)), "yellow"),
        )
    return table


def _listed(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "cmd": list(stage.cmd) if stage.listed else next(iter(stage.cmd), None),
        "wdir": stage.wdir,
        "deps": list(stage.deps),
        "outs": [out.path for out in stage.outs],
        "params": {file: list(keys) for file, keys in stage.params.items()},
        "frozen": stage.frozen,
        "always_changed": stage.always_changed,
    }


def _marks(stage: Stage) -> list[str]:
    marks = {"frozen": stage.frozen, "always changed": stage.always_changed, "gate": stage.gate}
    return [mark for mark, there in marks.items() if there]
