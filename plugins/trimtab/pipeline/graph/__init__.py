"""The graph of a DVC project: its stages, data sources and edges, resolved by DVC and cached by content."""

from __future__ import annotations

from trimtab.pipeline.graph.candidate_checks import check_candidates
from trimtab.pipeline.graph.candidates import (
    candidate_graph,
    candidate_graphs,
    declared_models,
    find_maker,
    is_of_candidate,
)
from trimtab.pipeline.graph.code_dependencies import require_code_dependencies
from trimtab.pipeline.graph.display import describe_graph, graph_to_table
from trimtab.pipeline.graph.gate_stages import check_gates
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.meta_keys import ARTIFACT_META, STAGE_META
from trimtab.pipeline.graph.pipeline_folders import (
    DAGS,
    PIPELINES,
    ROOT_PIPELINE,
    describe_pipelines,
    find_pipeline_folders,
    find_repository,
    pipeline_path,
)
from trimtab.pipeline.graph.problem_declaration import (
    declared_dependence,
    declared_problem_type,
    declared_weight,
)
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.repository import Pipeline, find_pipelines
from trimtab.pipeline.graph.selection import select, select_for_repro
from trimtab.pipeline.graph.stage import PIPELINE_FILE, Artifact, Output, Stage, split_address
from trimtab.pipeline.graph.stage_environments import check_environment_locks, check_environments
from trimtab.pipeline.graph.stage_group import group_of
from trimtab.pipeline.graph.unsupported import refuse_unsupported

__all__ = [
    "ARTIFACT_META",
    "DAGS",
    "PIPELINES",
    "PIPELINE_FILE",
    "ROOT_PIPELINE",
    "STAGE_META",
    "Artifact",
    "Graph",
    "Output",
    "Pipeline",
    "Project",
    "Stage",
    "candidate_graph",
    "candidate_graphs",
    "check_candidates",
    "check_environment_locks",
    "check_environments",
    "check_gates",
    "declared_dependence",
    "declared_models",
    "declared_problem_type",
    "declared_weight",
    "describe_graph",
    "describe_pipelines",
    "find_maker",
    "find_pipeline_folders",
    "find_pipelines",
    "find_repository",
    "graph_to_table",
    "group_of",
    "is_of_candidate",
    "pipeline_path",
    "refuse_unsupported",
    "require_code_dependencies",
    "select",
    "select_for_repro",
    "split_address",
]
