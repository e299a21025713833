"""The graph in DVC's terms: as JSON for programs, and as a table for people."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from trimtab.json_value import JsonDict
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import Stage

if TYPE_CHECKING:
    from rich.table import Table


def describe_graph(graph: Graph) -> JsonDict:
    """Return all sources, stages and edges as JSON values."""
    return {
        "stages": [_describe_stage(stage) for stage in (*graph.sources, *graph.stages)],
        "edges": [list(edge) for edge in graph.edges],
    }


def graph_to_table(graph: Graph) -> Table:
    """Return a table of the stages in the order they run, each with its upstream stages."""
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
            Text(", ".join(_flags(stage)), "yellow"),
        )
    return table


def _describe_stage(stage: Stage) -> JsonDict:
    return {
        "name": stage.name,
        "cmd": list(stage.cmd) if stage.cmd_is_list else next(iter(stage.cmd), None),
        "wdir": stage.wdir,
        "deps": list(stage.deps),
        "outs": [out.path for out in stage.outs],
        "params": {file: list(keys) for file, keys in stage.params.items()},
        "frozen": stage.frozen,
        "always_changed": stage.always_changed,
    }


def _flags(stage: Stage) -> list[str]:
    flags = {"frozen": stage.frozen, "always changed": stage.always_changed, "gate": stage.gate}
    return [flag for flag, is_set in flags.items() if is_set]
