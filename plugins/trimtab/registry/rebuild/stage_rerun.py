"""Run stages anew in a checkout that is thrown away, and say where they come to something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.execution import run_stage_commands
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import (
    LockEntry,
    LockItem,
    differences,
    is_external,
    is_legacy,
    lock_path,
    path_in_entry,
    path_in_graph,
    short_name,
)
from trimtab.pipeline.worktree import WorkTree, overlap

Kind = Literal["input", "output", "metric", "prediction"]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was.

    Attributes:
        kind: What it is.
        what: Its name; of inputs and outputs, the stage and the path.
        recorded: As the version has it.
        rebuilt: As it is now.
        by: How much lies between.
    """

    kind: Kind
    what: str
    recorded: str = ""
    rebuilt: str = ""
    by: str = ""


def refuse_external(graph: Graph) -> None:
    """Refuse stages that would write outside of the checkout, over what is there.

    Raises:
        ProjectError: There are some.
    """
    for stage in graph.stages:
        for out in stage.outs:
            if is_external(out.path) and not stage.frozen:
                raise ProjectError(
                    f"The stage '{stage.name}' writes to {out.path}: run anew, it would change what is there",
                    where="dvc.yaml",
                    fix="let it write into the project",
                )


def run_anew(tree: WorkTree, graph: Graph, show: Callable[[str], None]) -> tuple[list[Difference], str]:
    """Run every stage, in order, on what the stages before it have just made.

    Nothing known is used: no cache of outputs and no run cache, and nothing is put there. Only data that no
    stage makes is brought by its hash. ``dvc.lock`` of the checkout then says what was made.

    Args:
        tree: A sandbox.
        graph: The stages.
        show: Is told what the commands print.

    Returns:
        What differs from ``dvc.lock`` as it was, in the order of the stages; and why it went no further, if
        a stage failed after something had come out differently.

    Raises:
        StageError: A stage failed though nothing had come out differently; or data is neither in the cache
            nor in the remote.
    """
    sources = {each.name: each for stage in graph.stages for each in graph.sources_of(stage.name)}
    for source in sources.values():
        tree.check_out(tree.source_contents(source), where=f"'{source.name}'")
    found: list[Difference] = []
    locks: dict[str, dict[str, LockEntry]] = {}
    for stage in graph.stages:
        recorded = tree.locked(stage)
        try:
            entry = _entry(tree, stage, recorded, show)
        except StageError as err:
            if not found:
                raise
            return found, str(err)
        found.extend(_differences(graph, stage, recorded, entry))
        locks.setdefault(lock_path(stage.name), {})[short_name(stage.name)] = entry
    for path, entries in locks.items():
        tree.lock_file(path).with_entries(entries, cache=tree.locks).write(tree.root / path)
    return found, ""


def _entry(tree: WorkTree, stage: Stage, recorded: LockEntry, show: Callable[[str], None]) -> LockEntry:
    """Run one stage and return its lock entry."""
    if stage.frozen:  # what it is, the lock says
        tree.check_out(tree.output_contents(stage, recorded), where=f"stage '{stage.name}'")
        return recorded
    entry = tree.current_inputs(stage, {})
    run_stage_commands(tree, stage, show=show)
    made = [_made(tree, stage, out.path, recorded) for out in stage.outs]
    return {**entry, "outs": sorted(made, key=lambda out: str(out["path"]))} if made else entry


def _made(tree: WorkTree, stage: Stage, path: str, recorded: LockEntry) -> LockItem:
    """Return an output as an entry has it, hashed the way the recorded one was."""
    known = tree.output_contents(stage, recorded).get(path)
    try:
        content = tree.cache.hash(tree.root / path, legacy=bool(known and is_legacy(known)))
    except FileNotFoundError as err:
        raise StageError(
            f"The command did not write its output '{path}'", where=f"stage '{stage.name}'"
        ) from err
    return {"path": path_in_entry(stage, path), **content}


def _differences(graph: Graph, stage: Stage, recorded: LockEntry, entry: LockEntry) -> Iterator[Difference]:
    """Say what of an entry is not as recorded; what an earlier stage has made is that stage's."""
    made = [out.path for each in graph.stages for out in each.outs]
    own = [
        dep
        for dep in entry.get("deps", [])
        if not any(overlap(path_in_graph(stage, dep["path"]), path) for path in made)
    ]
    for change in differences(stage, recorded, {**entry, "deps": own}):
        yield Difference("input", f"{stage.name}: {change}")
    before = {out["path"]: out for out in recorded.get("outs", [])}
    for out in entry.get("outs", []):
        was: Mapping[str, Any] = before.get(out["path"], {})
        if was.get("md5") != out["md5"]:
            more = out["size"] - was.get("size", 0)
            yield Difference(
                "output",
                f"{stage.name}: {path_in_graph(stage, out['path'])}",
                str(was.get("md5", "(none)")),
                out["md5"],
                f"{more:+,} bytes" if more else "as many bytes",
            )
