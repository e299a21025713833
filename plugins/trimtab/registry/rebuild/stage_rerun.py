"""Run the stages of a version again in a temporary checkout, and compare their outputs with the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.execution import run_stage_commands
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import (
    Content,
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
    """One difference between a version and its rebuild.

    Attributes:
        kind: What differs.
        what: Its name; of inputs and outputs, the stage and the path.
        recorded: The value of the version.
        rebuilt: The value of the rebuild.
        by: The size of the difference.
    """

    kind: Kind
    what: str
    recorded: str = ""
    rebuilt: str = ""
    by: str = ""


def refuse_external_outputs(graph: Graph) -> None:
    """Refuse stages that write outside of the checkout, and so would overwrite files there.

    Raises:
        ProjectError: A stage has such an output.
    """
    for stage in graph.stages:
        for out in stage.outs:
            if is_external(out.path) and not stage.frozen:
                raise ProjectError(
                    f"The stage '{stage.name}' writes to {out.path}: a rebuild would overwrite it",
                    where="dvc.yaml",
                    fix="let the stage write into the project",
                )


def rerun_stages(
    tree: WorkTree, graph: Graph, log_line: Callable[[str], None]
) -> tuple[list[Difference], str]:
    """Run every stage in order, each on the new outputs of its upstream stages.

    Neither DVC's cache nor its run cache is used for outputs, and nothing is stored there. Only data that no
    stage makes is fetched by its hash. Afterwards ``dvc.lock`` of the checkout has the new outputs.

    Args:
        tree: A sandbox.
        graph: The stages.
        log_line: Called with each line that the commands print.

    Returns:
        The differences from the recorded ``dvc.lock``, in the order of the stages. And the error of a stage
        that failed after another one had made a different output; empty if none failed.

    Raises:
        StageError: A stage failed although no output differs; or data is neither in the cache nor in the
            remote.
    """
    sources = {each.name: each for stage in graph.stages for each in graph.sources_of(stage.name)}
    for source in sources.values():
        tree.check_out(tree.source_contents(source), where=f"'{source.name}'")
    found: list[Difference] = []
    locks: dict[str, dict[str, LockEntry]] = {}
    for stage in graph.stages:
        recorded = tree.locked(stage)
        try:
            entry = _rerun_stage(tree, stage, recorded, log_line)
        except StageError as err:
            if not found:
                raise
            return found, str(err)
        found.extend(_compare_entries(graph, stage, recorded, entry))
        locks.setdefault(lock_path(stage.name), {})[short_name(stage.name)] = entry
    for path, entries in locks.items():
        tree.lock_file(path).with_entries(entries, cache=tree.locks).write(tree.root / path)
    return found, ""


def _rerun_stage(
    tree: WorkTree, stage: Stage, recorded: LockEntry, log_line: Callable[[str], None]
) -> LockEntry:
    """Run one stage and return its new lock entry; a frozen stage keeps its outputs."""
    if stage.frozen:
        tree.check_out(tree.output_contents(stage, recorded), where=f"stage '{stage.name}'")
        return recorded
    entry = tree.current_inputs(stage, {})
    run_stage_commands(tree, stage, show=log_line)
    outputs = [_hash_output(tree, stage, out.path, recorded) for out in stage.outs]
    return {**entry, "outs": sorted(outputs, key=lambda out: str(out["path"]))} if outputs else entry


def _hash_output(tree: WorkTree, stage: Stage, path: str, recorded: LockEntry) -> LockItem:
    """Return an output as a lock entry has it, hashed the way the recorded one was."""
    known = tree.output_contents(stage, recorded).get(path)
    try:
        content = tree.cache.hash(tree.root / path, legacy=bool(known and is_legacy(known)))
    except FileNotFoundError as err:
        raise StageError(
            f"The command did not write its output '{path}'", where=f"stage '{stage.name}'"
        ) from err
    return {"path": path_in_entry(stage, path), **content}


def _compare_entries(
    graph: Graph, stage: Stage, recorded: LockEntry, entry: LockEntry
) -> Iterator[Difference]:
    """Yield what differs between two lock entries, without what an upstream stage has made differently."""
    outputs = [out.path for each in graph.stages for out in each.outs]
    own = [
        dep
        for dep in entry.get("deps", [])
        if not any(overlap(path_in_graph(stage, dep["path"]), path) for path in outputs)
    ]
    for change in differences(stage, recorded, {**entry, "deps": own}):
        yield Difference("input", f"{stage.name}: {change}")
    before = {out["path"]: out for out in recorded.get("outs", [])}
    for out in entry.get("outs", []):
        was: Content = before.get(out["path"], {})
        if was.get("md5") != out["md5"]:
            more = out["size"] - was.get("size", 0)
            yield Difference(
                "output",
                f"{stage.name}: {path_in_graph(stage, out['path'])}",
                str(was.get("md5", "(none)")),
                out["md5"],
                f"{more:+,} bytes" if more else "as many bytes",
            )
