"""The graph of a DVC project: its stages, data sources and edges, resolved by DVC and cached by content."""

from __future__ import annotations

from trimtab.pipeline.graph.code_dependencies import require_code_dependencies
from trimtab.pipeline.graph.display import graph_to_json, graph_to_table
from trimtab.pipeline.graph.gate_stages import check_gates
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.problem_declaration import declared_dependence, declared_problem_type
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.selection import select, select_for_repro
from trimtab.pipeline.graph.stage import PIPELINE_FILE, Artifact, Output, Stage, split_address
from trimtab.pipeline.graph.unsupported import refuse_unsupported

__all__ = [
    "PIPELINE_FILE",
    "Artifact",
    "Graph",
    "Output",
    "Project",
    "Stage",
    "check_gates",
    "declared_dependence",
    "declared_problem_type",
    "graph_to_json",
    "graph_to_table",
    "refuse_unsupported",
    "require_code_dependencies",
    "select",
    "select_for_repro",
    "split_address",
]
