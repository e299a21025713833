"""Bring one stage of the user's checkout up to date, as ``dvc repro`` does: keep, restore or run it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from trimtab.errors import StageError
from trimtab.pipeline.cache import MissingObjectError, is_repeatable
from trimtab.pipeline.execution.stage_execution import execute_stage, store_result, upstream_contents
from trimtab.pipeline.graph import Graph, Output, Stage
from trimtab.pipeline.lock import Content, LockEntry, differences, is_external, lock_command
from trimtab.pipeline.worktree import WorkTree, refuse_git_tracked_outputs, refuse_symlink_escape

OutcomeState = Literal["unchanged", "frozen", "restored", "ran"]


@dataclass(frozen=True)
class StageOutcome:
    """Result of :func:`reproduce_stage`.

    Attributes:
        state: ``unchanged``: the stage was up to date; ``frozen``: it is frozen, and its lock entry was
            updated to the outputs in the checkout; ``restored``: its outputs were restored from the cache;
            ``ran``: its commands ran.
        reason: Reason for the state, for a person.
        entry: The stage's lock entry.
    """

    state: OutcomeState
    reason: str
    entry: LockEntry


def reproduce_stage(
    tree: WorkTree,
    graph: Graph,
    stage: Stage,
    entries: Mapping[str, LockEntry],
    *,
    force: bool,
    tracked: Collection[str],
    begin: Callable[[str], None],
    show: Callable[[str], None],
) -> StageOutcome:
    """Bring a stage up to date, after all its upstream stages.

    Args:
        tree: The checkout.
        graph: The stages.
        stage: The stage.
        entries: Lock entries of the upstream stages, by name.
        force: Run its commands even if it is up to date.
        tracked: See :func:`refuse_git_tracked_outputs`.
        begin: Called with the reason before the commands run.
        show: Called with each line that they print.

    Raises:
        StageError: A dependency does not exist, a command failed, an output was not written, or git tracks an
            output that is in DVC's cache.
    """
    locked = tree.locked(stage)
    if stage.frozen:
        return _keep_frozen(tree, stage, locked, force=force, tracked=tracked)
    inputs = tree.current_inputs(stage, upstream_contents(tree, graph, stage.name, entries))
    changes = list(differences(stage, locked, inputs))
    always = "forced" if force else "it always runs" if stage.is_callback or stage.always_changed else ""
    lock_applies = bool(locked) and not changes and not always
    outputs = tree.output_contents(stage, locked)
    in_place = lock_applies and _are_in_place(tree, stage, outputs)
    cached_outs = [out for out in stage.outs if out.cache]
    if in_place and _are_cached(tree, cached_outs, outputs):
        return StageOutcome("unchanged", "dvc.lock has it", locked)
    refuse_git_tracked_outputs(stage, tracked)
    for out in cached_outs:
        tree.cache.require_link_type(tree.root / out.path)
    if in_place:
        entry = store_result(tree, stage, inputs, keep_all=False)
        return StageOutcome("restored", "its outputs are there, and are put into the cache again", entry)
    known = _known_entries(tree, stage, inputs, locked if lock_applies else {}) if not always else ()
    for entry, source in known:
        if _restore(tree, stage, entry):
            return StageOutcome("restored", source, store_result(tree, stage, inputs, keep_all=False))
    changed = "; ".join(changes) or "an output is gone"
    reason = always or (changed if locked else "it has never run")
    begin(reason)
    entry = execute_stage(tree, stage, inputs, keep_all=False, show=show)
    _relink(tree, stage, entry)
    return StageOutcome("ran", reason, entry)


def _are_in_place(tree: WorkTree, stage: Stage, outputs: Mapping[str, Content]) -> bool:
    paths = [out.path for out in stage.outs if not is_external(out.path)]
    return all(tree.is_in_place(path, outputs[path]) for path in paths)


def _are_cached(tree: WorkTree, outs: Iterable[Output], outputs: Mapping[str, Content]) -> bool:
    """Whether the cache of this machine has outputs. As with `dvc repro`, no remote is used."""
    return all(tree.cache.is_cached(outputs[out.path]) for out in outs if not is_external(out.path))


def _known_entries(
    tree: WorkTree, stage: Stage, inputs: LockEntry, locked: LockEntry
) -> Iterator[tuple[LockEntry, str]]:
    """Yield the lock entries of a stage with these inputs, each with the reason that a person reads."""
    if locked and is_repeatable(stage, inputs):
        yield locked, "dvc.lock has it"
    if cached := tree.run_cache.find(stage, inputs):
        yield cached, "the run cache has it"


def _restore(tree: WorkTree, stage: Stage, entry: LockEntry) -> bool:
    """Restore the outputs of a lock entry from the cache; return whether the cache has them."""
    outputs = tree.output_contents(stage, entry)
    if not _are_cached(tree, stage.outs, outputs):
        return False
    try:
        for out in stage.outs:
            path, where = tree.root / out.path, f"stage '{stage.name}'"
            refuse_symlink_escape(tree.root, out.path)
            content, copy = outputs[out.path], not out.cache
            tree.cache.check_out(content, path, what=f"'{out.path}'", where=where, copy=copy, fetch=False)
    except MissingObjectError:  # the cache had it, but it was corrupt
        return False
    return True


def _relink(tree: WorkTree, stage: Stage, entry: LockEntry) -> None:
    outputs = tree.output_contents(stage, entry)
    for out in stage.outs:
        if out.cache and not is_external(out.path):
            tree.cache.relink(outputs[out.path], tree.root / out.path)


def _keep_frozen(
    tree: WorkTree, stage: Stage, locked: LockEntry, *, force: bool, tracked: Collection[str]
) -> StageOutcome:
    """Keep a frozen stage: its lock entry has the outputs in the checkout, whatever its dependencies are."""
    outputs = tree.output_contents(stage, locked)
    for out in stage.outs:
        path = tree.root / out.path
        if path.exists():
            continue
        if not (out.path in outputs and tree.cache.has(outputs[out.path])):
            raise StageError(
                f"The stage is frozen, and its output '{out.path}' does not exist",
                where=f"stage '{stage.name}'",
                fix=f"`dvc pull {stage.name}`, or `dvc unfreeze {stage.name}` so that it can run",
            )
        tree.check_out({out.path: outputs[out.path]}, where=f"stage '{stage.name}'")
    cached_outs = [out for out in stage.outs if out.cache]
    # Without a lock entry, DVC compares no command: a frozen stage without outputs stays without an entry.
    same_command = not locked or locked.get("cmd") == lock_command(stage)
    same = same_command and outputs.keys() >= {out.path for out in stage.outs}
    if same and not force and _are_in_place(tree, stage, outputs) and _are_cached(tree, cached_outs, outputs):
        return StageOutcome("unchanged", "it is frozen", locked)
    refuse_git_tracked_outputs(stage, tracked)
    entry = store_result(tree, stage, tree.current_inputs(stage, {}), keep_all=False)
    return StageOutcome("frozen", "it is frozen", entry)
