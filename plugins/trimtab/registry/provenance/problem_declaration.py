"""The problem type that a project declares for its model."""

from __future__ import annotations

from trimtab.errors import ProjectError
from trimtab.learning import BINARY, PROBLEM_TYPES, ProblemType, require_problem_type
from trimtab.pipeline.graph import Graph
from trimtab.registry.provenance.artifacts import find_artifact


def declared_problem_type(graph: Graph) -> ProblemType:
    """Return ``meta.problem_type`` of the model's artifact; binary classification if it is not declared.

    Raises:
        ProjectError: There is no such problem type, or several models are declared.
    """
    model = find_artifact(graph, "model")
    declared = model.meta.get("problem_type") if model else None
    if declared is None:
        return BINARY
    try:
        return PROBLEM_TYPES[require_problem_type(str(declared))]
    except ValueError as err:
        raise ProjectError(
            f"The problem type of the model is '{declared}': {err}",
            where=f"dvc.yaml: artifacts.{model.name if model else ''}.meta.problem_type",
            fix=f"declare one of {', '.join(PROBLEM_TYPES)}",
        ) from err
