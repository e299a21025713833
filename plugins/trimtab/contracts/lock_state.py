"""The contract of ``dvc.lock``: it is up to date with the files of git, the params and the commands.

It is checked without data, as CI has it: an output that git does not keep is compared between the lock entry
of the stage that wrote it and those of the stages that read it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from trimtab.contracts.checked_project import CheckedProject
from trimtab.contracts.problem import Problem
from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.execution import upstream_contents
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import LockEntry, differences, is_external, lock_path, short_name
from trimtab.pipeline.worktree import WorkTree, overlap

REPRODUCE = "run `dvc repro`, `dvc push`, and commit {lock}"


def check_lock_state(pipeline: CheckedProject) -> Iterator[Problem]:
    """Yield the stages whose lock entry is not that of the commit.

    ``dvc repro`` would run them, and the commit would not say which data and which model it stands for.
    """
    from dvc.repo import Repo

    from trimtab.pipeline.dvc_errors import refusals

    graph = pipeline.graph
    with (
        contextlib.chdir(pipeline.root),
        refusals(ProjectError, where=str(pipeline.root)),
        Repo(str(pipeline.root)) as repo,
    ):
        tree = WorkTree(repo)
        entries = {stage.name: tree.locked(stage) for stage in graph.stages}
        for stage in graph.stages:
            lock = pipeline.where(lock_path(stage.name))
            for change in _changes(tree, pipeline, stage, entries):
                yield Problem(
                    f"The lock entry of the stage '{stage.name}' is not up to date: {change}",
                    f"{lock}: stages.{short_name(stage.name)}",
                    REPRODUCE.format(lock=lock),
                )


def _changes(
    tree: WorkTree, pipeline: CheckedProject, stage: Stage, entries: dict[str, LockEntry]
) -> Iterator[str]:
    locked, graph = entries[stage.name], pipeline.graph
    if not locked:
        yield "there is none, the stage has never run"
        return
    if stage.frozen or stage.is_callback or stage.always_changed:
        return  # DVC runs it in any case, or in none
    written = {name: entries[name] for name in graph.upstream(stage.name) if entries[name]}
    known = upstream_contents(
        tree, graph.subgraph({*written, stage.name, *_sources(pipeline)}), stage.name, written
    )
    try:
        unknown = {
            path for path in tree.dependencies_to_hash(stage, known) if _is_missing_data(pipeline, path)
        }
        present = tuple(path for path in stage.deps if path not in unknown and not is_external(path))
        yield from differences(stage, locked, tree.current_inputs(replace(stage, deps=present), known))
    except StageError as err:  # a param or a file that does not exist
        yield err.what
    outputs = tree.output_contents(stage, locked)
    for out in stage.outs:
        if not out.cache and out.path in outputs and not tree.is_in_place(out.path, outputs[out.path]):
            yield f"{out.path} is not what the stage wrote"


def _is_missing_data(pipeline: CheckedProject, path: str) -> bool:
    """Whether a dependency is, contains or lies in an output that is not there, so its hash is not known."""
    stages = (*pipeline.graph.stages, *pipeline.graph.sources)
    outputs = (out.path for stage in stages for out in stage.outs)
    return any(overlap(out, path) and not (pipeline.root / out).exists() for out in outputs)


def _sources(pipeline: CheckedProject) -> set[str]:
    return {source.name for source in pipeline.graph.sources}
