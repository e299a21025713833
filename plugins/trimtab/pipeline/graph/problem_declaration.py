"""The problem type that a project declares for its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.errors import ProjectError
from trimtab.pipeline.graph.candidates import is_of_candidate
from trimtab.pipeline.graph.graph import Graph

if TYPE_CHECKING:
    from trimtab.learning import ProblemType


def declared_problem_type(graph: Graph) -> ProblemType:
    """Return ``meta.problem_type`` of the model's artifact; binary classification if it is not declared.

    Raises:
        ProjectError: There is no such problem type, or several models have different ones.
    """
    # Not at import: a run in a checkout does not ask for it.
    from trimtab.learning import BINARY, PROBLEM_TYPES, require_problem_type

    declared = {
        artifact.name: str(artifact.meta.get("problem_type") or BINARY.name)
        for artifact in graph.artifacts
        if artifact.type == "model" and not is_of_candidate(artifact)
    }
    names = {*declared.values()} or {BINARY.name}
    where = f"dvc.yaml: artifacts.{', '.join(declared)}.meta.problem_type"
    if len(names) > 1:
        raise ProjectError(
            f"Several artifacts of type 'model' have different problem types: {', '.join(sorted(names))}",
            where=where,
            fix="keep the type 'model' for one of them, and give each of the others another type",
        )
    try:
        return PROBLEM_TYPES[require_problem_type(*names)]
    except ValueError as err:
        raise ProjectError(
            f"The problem type of the model is '{next(iter(names))}': {err}",
            where=where,
            fix=f"declare one of {', '.join(PROBLEM_TYPES)}",
        ) from err
