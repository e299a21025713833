"""The candidates of a project: models of one run, each of which may become champion.

Artifacts with ``meta: {candidate: NAME}`` belong to a candidate; the others are those of the model itself. A
candidate is a view of the graph in which its artifacts take the place of the model's. So all that reads the
graph of a model reads that of a candidate. See docs/decisions/0027.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from trimtab.errors import ProjectError, closest
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import Artifact, Stage

CANDIDATE = "candidate"  # in an artifact's meta: the name of the candidate that it belongs to
ROWS = ("input-example", "test-window")  # types of artifacts that hold for whichever model reads them
EXAMPLE = "my-rolling: {path: models/rolling.skops, type: model, meta: {candidate: rolling}}"


def is_of_candidate(artifact: Artifact) -> bool:
    """Whether an artifact belongs to a candidate beside the model."""
    return CANDIDATE in artifact.meta


def candidate_graphs(graph: Graph) -> dict[str, Graph]:
    """Return the graph of each candidate by name; that of the model has the empty name and comes first."""
    return {name: candidate_graph(graph, name) for name in ("", *candidate_models(graph))}


def candidate_graph(graph: Graph, name: str) -> Graph:
    """Return the part of a graph that a candidate comes from, with its artifacts in place of the model's.

    Left out are the stages of other candidates, unless a stage of this one reads what they write. A project
    that declares no candidate has its graph.

    Args:
        graph: The graph of the project.
        name: The candidate; empty for the model itself.

    Raises:
        ProjectError: There is no such candidate.
    """
    candidates = candidate_models(graph)
    if name and name not in candidates:
        raise ProjectError(
            f"The project declares no candidate '{name}'{closest(name, candidates)}",
            where="dvc.yaml: artifacts, meta.candidate",
            fix=f"declare it like `{EXAMPLE}`",
        )
    if not candidates:
        return graph
    owners = stage_owners(graph)
    artifacts = tuple(artifacts_of(graph, name, owners))
    needed = [stage.name for stage in graph.stages if name in owners[stage.name]]
    needed += [maker.name for artifact in artifacts if (maker := find_maker(graph, artifact))]
    return replace(graph.with_upstream(tuple(dict.fromkeys(needed))), artifacts=artifacts)


def declared_model(graph: Graph) -> Artifact | None:
    """Return the model whose name is that of the registered model; the first one if there are several."""
    found = (each for each in graph.artifacts if each.type == "model" and not is_of_candidate(each))
    return next(found, None)


def candidate_models(graph: Graph) -> dict[str, Artifact]:
    """Return the model of each candidate beside the model itself, in the order of ``dvc.yaml``."""
    found = [each for each in graph.artifacts if each.type == "model" and is_of_candidate(each)]
    return {str(each.meta[CANDIDATE]): each for each in found}


def declared_models(graph: Graph) -> tuple[str, ...]:
    """Return the names of the models that ``dvc.yaml`` declares, without those of candidates."""
    return tuple(each.name for each in graph.artifacts if each.type == "model" and not is_of_candidate(each))


def all_models(graph: Graph) -> dict[str, Artifact]:
    """Return the model of each candidate; that of the model itself has the empty name."""
    model = declared_model(graph)
    return {**({"": model} if model else {}), **candidate_models(graph)}


def artifacts_of(graph: Graph, name: str, owners: Mapping[str, frozenset[str]]) -> Iterator[Artifact]:
    """Yield the artifacts of a candidate: its own, and those of the model that hold for it too."""
    own = [each for each in graph.artifacts if name and each.meta.get(CANDIDATE) == name]
    types = {each.type for each in own if each.type}
    for artifact in graph.artifacts:
        if is_of_candidate(artifact):
            continue
        maker = find_maker(graph, artifact)
        holds = not name or artifact.type in ROWS or maker is None or name in owners[maker.name]
        if artifact.type not in types and holds:
            yield artifact
    model = declared_model(graph)
    for artifact in own:
        meta = {key: value for key, value in artifact.meta.items() if key != CANDIDATE}
        if artifact.type == "model" and model:  # the version is one of the registered model
            desc, meta = artifact.desc or model.desc, {**model.meta, **meta}
            yield replace(model, path=artifact.path, desc=desc, meta=meta)
        else:
            yield replace(artifact, meta=meta)


def stage_owners(graph: Graph) -> dict[str, frozenset[str]]:
    """Return the candidates that each stage belongs to.

    A stage upstream of all models, or beside them, belongs to all. One downstream of one model belongs to
    that candidate. One downstream of the stages of several models belongs to the candidate whose model it
    reads: it may read another file that a stage makes beside a model, such as a baseline. If it reads several
    models, it belongs to none.
    """
    models = all_models(graph)
    touched = {name: [model.path] for name, model in models.items()}
    after: dict[str, frozenset[str]] = {}
    owners = {}
    for stage in graph.stages:  # each comes after its upstream stages
        made = frozenset(name for name, model in models.items() if makes(stage, model.path))
        after[stage.name] = made.union(*(after[up] for up in graph.upstream(stage.name)))
        reads = frozenset(name for name, paths in touched.items() if _reads(stage, paths))
        for name in reads:
            touched[name] += [out.path for out in stage.outs]
        owned = made or after[stage.name]
        if len(owned) > 1:
            owned &= reads
            owned = owned if len(owned) == 1 else frozenset()
        owners[stage.name] = owned if after[stage.name] else frozenset(models)
    return owners


def find_maker(graph: Graph, artifact: Artifact) -> Stage | None:
    """Return the stage that writes an artifact; ``None`` if git or DVC keeps it as it is."""
    return next((stage for stage in graph.stages if makes(stage, artifact.path)), None)


def makes(stage: Stage, path: str) -> bool:
    """Whether a stage writes a file."""
    return any(PurePosixPath(path).is_relative_to(out.path) for out in stage.outs)


def _reads(stage: Stage, paths: list[str]) -> bool:
    """Whether a stage depends on one of these paths, on a folder with one, or on a file in one."""
    deps = map(PurePosixPath, stage.deps)
    return any(
        dep.is_relative_to(path) or PurePosixPath(path).is_relative_to(dep) for dep in deps for path in paths
    )
