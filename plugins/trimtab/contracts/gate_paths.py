"""The contract of gates: one on every path from the data to a model, and a model gate on each model.

A path leads from stage to stage through the files that one writes and the next one reads. A gate is on it if
the path goes through the gate, or if a gate reads one of these files and has passed before the next stage
starts: the next stage depends on the gate's report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trimtab.contracts.checked_project import CheckedProject
from trimtab.contracts.problem import Problem
from trimtab.pipeline.graph import PIPELINE_FILE, Graph, Stage, check_gates, find_maker
from trimtab.pipeline.worktree import overlap

MODEL = "model"  # a type of artifacts, and a kind of gates


def check_gate_paths(pipeline: CheckedProject) -> Iterator[Problem]:
    """Yield the paths without a gate, and the models without a model gate.

    Bad data would be learnt from, and a model would be registered that nothing vouches for.
    """
    graph = pipeline.graph
    check_gates(graph)
    for model in graph.artifacts:
        if model.type != MODEL:
            continue
        where = pipeline.where(PIPELINE_FILE, "artifacts", model.name)
        maker = find_maker(graph, model)
        if maker is None:
            yield Problem(
                f"No stage writes the model '{model.name}': {model.path}",
                where,
                "name an output of a stage in `path`",
            )
            continue
        for path in _paths_without_gate(graph, [maker.name]):
            yield Problem(
                f"No gate is on the path {' → '.join(path)} to the model '{model.name}'",
                where,
                _fix(path),
            )
        if not any(stage.gate == MODEL and _reads(stage, model.path) for stage in graph.stages):
            yield Problem(
                f"No model gate reads the model '{model.name}': {model.path}",
                where,
                "add a stage with `trimtab gate model` and `meta: {trimtab: {gate: model}}`",
            )


def _fix(path: Sequence[str]) -> str:
    if len(path) == 1:
        return "let a stage of its own fetch the data, and a data gate read them"
    return f"add a data gate that reads what '{path[0]}' writes, and its report to `deps` of the next stage"


def _paths_without_gate(graph: Graph, path: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield a path without a gate from each stage or source where data enters; ``path`` is its end."""
    pending, seen = [list(path)], set(path)
    while pending:
        current = pending.pop()
        stage = graph.stage(current[0])
        entries = graph.sources_of(stage.name)
        upstream = [graph.stage(name) for name in graph.upstream(stage.name)]
        if not upstream and not entries:
            yield current
        for source in entries:
            if not _is_guarded(graph, source, stage):
                yield [source.name, *current]
        for before in upstream:
            if before.gate is None and before.name not in seen and not _is_guarded(graph, before, stage):
                seen.add(before.name)
                pending.append([before.name, *current])


def _is_guarded(graph: Graph, before: Stage, after: Stage) -> bool:
    """Whether gates read every file that goes from one stage to the next, and pass before the next one."""
    handed_on = [out.path for out in before.outs if _reads(after, out.path)]
    passed = {stage.name for stage in graph.with_upstream((after.name,)).stages} - {after.name}
    gates = [graph.stage(name) for name in passed if graph.stage(name).gate]
    return bool(handed_on) and all(any(_reads(gate, path) for gate in gates) for path in handed_on)


def _reads(stage: Stage, path: str) -> bool:
    """Whether a stage depends on a path, on a part of it, or on a folder that it is in."""
    return any(overlap(path, dependency) for dependency in stage.deps)
