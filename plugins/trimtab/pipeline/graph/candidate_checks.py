"""The checks of declared candidates: they share rows and problem type, and have stages of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trimtab.errors import ProjectError, closest
from trimtab.pipeline.graph.candidates import (
    CANDIDATE,
    EXAMPLE,
    all_models,
    artifacts_of,
    candidate_models,
    declared_model,
    is_of_candidate,
    makes,
    stage_owners,
)
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import Artifact

OF_ALL = (
    "problem_type",
    "trusted_types",
    "group",
    "time",
)  # in the meta of the model's artifact, for all candidates
REFERENCE = "drift-reference"
_NAME = re.compile(r"[\w.-]+")


def check_candidates(graph: Graph) -> None:
    """Refuse candidates that cannot be compared, or whose reports could be those of another candidate.

    Args:
        graph: The graph of the project, or a part of its stages with all its artifacts.

    Raises:
        ProjectError: There is such a candidate.
    """
    if any(map(is_of_candidate, graph.artifacts)):
        for what, where, fix in _problems(graph):
            raise ProjectError(what, where=f"dvc.yaml: {where}", fix=fix)


def _problems(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong, where, and what to do."""
    candidates, model = candidate_models(graph), declared_model(graph)
    if model is None:
        yield (
            f"Every artifact of type 'model' is a candidate: {', '.join(map(repr, candidates)) or '(none)'}",
            "artifacts",
            "remove `candidate` from the meta of one: its name is that of the registered model",
        )
        return
    for artifact in filter(is_of_candidate, graph.artifacts):
        yield from _artifact_problems(graph, artifact, model)
    yield from _stage_problems(graph)


def _artifact_problems(graph: Graph, artifact: Artifact, model: Artifact) -> Iterator[tuple[str, str, str]]:
    name, where = artifact.meta[CANDIDATE], f"artifacts.{artifact.name}.meta"
    candidates = candidate_models(graph)
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name == model.name:
        yield (
            f"The artifact '{artifact.name}' does not name a candidate: {name!r}",
            f"{where}.candidate",
            f"give a text of letters, digits, `_`, `.` and `-`, other than '{model.name}'",
        )
        return
    if name not in candidates:
        yield (
            f"The candidate '{name}' has no model{closest(name, candidates)}",
            f"{where}.candidate",
            f"declare its model like `{EXAMPLE}`",
        )
    if artifact.type == "test-window":
        yield (
            f"The candidate '{name}' has a test window of its own: {artifact.name}",
            f"{where}.candidate",
            "remove it: all candidates and the champion are compared on the same rows",
        )
    own = [each for each in graph.artifacts if each.meta.get(CANDIDATE) == name]
    same = [each.name for each in own if each.type == artifact.type]
    if artifact.type and len(same) > 1:
        yield (
            f"Several artifacts of the candidate '{name}' have the type '{artifact.type}': {', '.join(same)}",
            "artifacts",
            "keep the type for one of them",
        )
    for key in OF_ALL if artifact.type == "model" else ():
        if key in artifact.meta:
            yield (
                f"The candidate '{name}' declares `{key}`, which holds for all candidates",
                f"{where}.{key}",
                f"declare it in the meta of '{model.name}', which is that of all candidates",
            )


def _stage_problems(graph: Graph) -> Iterator[tuple[str, str, str]]:
    models = all_models(graph)
    for stage in graph.stages:
        made = [repr(each.name) for each in models.values() if makes(stage, each.path)]
        if len(made) > 1:
            yield (
                f"The stage '{stage.name}' makes the models of several candidates: {', '.join(made)}",
                f"stages.{stage.name}",
                "give each model a stage of its own, with `foreach` or `matrix`",
            )
            return
    owners = stage_owners(graph)
    for stage in graph.stages:
        if stage.gate and not owners[stage.name]:
            yield (
                f"The gate '{stage.name}' depends on several candidates, so its report is that of none",
                f"stages.{stage.name}.deps",
                "give each candidate gates of its own, with `foreach` or `matrix`",
            )
    declared = [each for each in graph.artifacts if each.type == REFERENCE and not is_of_candidate(each)]
    for name in candidate_models(graph):
        missing = not any(each.type == REFERENCE for each in artifacts_of(graph, name, owners))
        if declared and missing:
            yield (
                f"The candidate '{name}' has no reference profile of its own: '{declared[0].name}' is that of"
                " another model",
                "artifacts",
                f"declare `my-reference: {{path: …, type: {REFERENCE}, meta: {{candidate: {name}}}}}`",
            )
