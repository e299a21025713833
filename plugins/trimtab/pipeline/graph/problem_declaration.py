"""What a project declares of its model: the problem type, which rows depend on each other, their weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.errors import ProjectError
from trimtab.pipeline.graph.candidates import is_of_candidate
from trimtab.pipeline.graph.graph import Graph

if TYPE_CHECKING:
    from trimtab.learning import Dependence, ProblemType


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
        raise _several_differ("problem types", names, where)
    try:
        return PROBLEM_TYPES[require_problem_type(*names)]
    except ValueError as err:
        raise ProjectError(
            f"The problem type of the model is '{next(iter(names))}': {err}",
            where=where,
            fix=f"declare one of {', '.join(PROBLEM_TYPES)}",
        ) from err


def declared_dependence(graph: Graph) -> Dependence:
    """Return ``meta.group`` and ``meta.time`` of the model's artifact; rows are independent without them.

    Raises:
        ProjectError: One of them is no name of a column, or several models have different ones.
    """
    from trimtab.learning import Dependence

    return Dependence(group=_declared_column(graph, "group"), time=_declared_column(graph, "time"))


def declared_weight(graph: Graph) -> str:
    """Return ``meta.weight`` of the model's artifact: the column of the row weights; empty without one.

    Raises:
        ProjectError: It is no name of a column, or several models have different ones.
    """
    return _declared_column(graph, "weight")


def _declared_column(graph: Graph, key: str) -> str:
    # A candidate has what the model declares.
    models = [each for each in graph.artifacts if each.type == "model" and not is_of_candidate(each)]
    where = f"dvc.yaml: artifacts.{', '.join(model.name for model in models)}.meta.{key}"
    found = [model.meta.get(key) or "" for model in models]
    if odd := [value for value in found if not isinstance(value, str)]:
        raise ProjectError(
            f"`{key}` of the model is no name of a column: {odd[0]!r}",
            where=where,
            fix="name one column of the tables",
        )
    names = {str(value) for value in found}
    if len(names) > 1:
        raise _several_differ(f"columns in `{key}`", names, where)
    return names.pop() if names else ""


def _several_differ(what: str, names: set[str], where: str) -> ProjectError:
    return ProjectError(
        f"Several artifacts of type 'model' have different {what}: {', '.join(sorted(names))}",
        where=where,
        fix="keep the type 'model' for one of them, and give each of the others another type",
    )
