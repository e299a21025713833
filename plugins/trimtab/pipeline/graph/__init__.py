"""The graph of a DVC project: resolved by DVC, cached by content, in frozen dataclasses."""

from __future__ import annotations

from trimtab.pipeline.graph.display import as_json, as_table
from trimtab.pipeline.graph.gate_stages import check_gates
from trimtab.pipeline.graph.graph import PIPELINE_FILE, Artifact, Graph, Output, Stage, split_address
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.selection import select, select_for_repro
from trimtab.pipeline.graph.unsupported import refuse_unsupported

__all__ = [
    "PIPELINE_FILE",
    "Artifact",
    "Graph",
    "Output",
    "Project",
    "Stage",
    "as_json",
    "as_table",
    "check_gates",
    "refuse_unsupported",
    "select",
    "select_for_repro",
    "split_address",
]
