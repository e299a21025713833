"""Bring one stage of the user's own checkout up to date, as ``dvc repro`` does: keep, restore or run it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from trimtab.errors import StageError
from trimtab.pipeline.cache import MissingContentError, is_repeatable
from trimtab.pipeline.execution.stage_execution import collect, execute, known_contents
from trimtab.pipeline.graph import Graph, Output, Stage
from trimtab.pipeline.lock import Content, LockEntry, differences, is_external, lock_command
from trimtab.pipeline.worktree import WorkTree, refuse_tracked, refuse_way_out

State = Literal["unchanged", "taken", "restored", "ran"]


@dataclass(frozen=True)
class Settled:
    """What became of a stage.

    Attributes:
        state: ``unchanged``: all is in place; ``taken``: it is frozen, and its outputs are what is there;
            ``restored``: its result was known and has been brought;
            ``ran``.
        reason: Why, for a person.
        entry: Its lock entry.
    """

    state: State
    reason: str
    entry: LockEntry


def settle(
    tree: WorkTree,
    graph: Graph,
    stage: Stage,
    entries: Mapping[str, LockEntry],
    *,
    force: bool,
    tracked: Collection[str],
    begin: Callable[[str], None],
    show: Callable[[str], None],
) -> Settled:
    """Bring a stage up to date, everything before it being so.

    Args:
        tree: The checkout.
        graph: The stages.
        stage: The one.
        entries: Lock entries of the stages it depends on, by name.
        force: Run it even if it is unchanged.
        tracked: Outputs that DVC refuses to make, because git has them too.
        begin: Called with the reason before its commands run.
        show: Called with each line they print.

    Raises:
        StageError: A dependency is missing, the command failed, or it did not write an output; or git has an
            output too.
    """
    locked = tree.locked(stage)
    if stage.frozen:
        return _frozen(tree, stage, locked, force=force, tracked=tracked)
    inputs = tree.inputs(stage, known_contents(tree, graph, stage.name, entries))
    changes = list(differences(stage, locked, inputs))
    always = "forced" if force else "it always runs" if stage.is_callback or stage.always_changed else ""
    holds = bool(locked) and not changes and not always
    made = tree.contents(stage, locked)
    in_place = holds and _in_place(tree, stage, made)
    of_dvc = [out for out in stage.outs if out.cache]
    if in_place and _are_stored(tree, of_dvc, made):
        return Settled("unchanged", "dvc.lock has it", locked)
    refuse_tracked(stage, tracked)
    for out in of_dvc:
        tree.store.require_links(tree.root / out.path)
    if in_place:
        entry = collect(tree, stage, inputs, keep_all=False)
        return Settled("restored", "its outputs are there, and are put into the cache again", entry)
    for known, reason in _known(tree, stage, inputs, locked if holds else {}) if not always else ():
        if _restore(tree, stage, known):
            return Settled("restored", reason, collect(tree, stage, inputs, keep_all=False))
    changed = "; ".join(changes) or "an output is gone"
    reason = always or (changed if locked else "it has never run")
    begin(reason)
    entry = execute(tree, stage, inputs, keep_all=False, show=show)
    _relink(tree, stage, entry)
    return Settled("ran", reason, entry)


def _in_place(tree: WorkTree, stage: Stage, made: Mapping[str, Content]) -> bool:
    own = [out.path for out in stage.outs if not is_external(out.path)]
    return all(tree.is_in_place(path, made[path]) for path in own)


def _are_stored(tree: WorkTree, outs: Iterable[Output], made: Mapping[str, Content]) -> bool:
    """Whether the cache has outputs; as with `dvc repro`, no remote is asked."""
    return all(tree.store.is_cached(made[out.path]) for out in outs if not is_external(out.path))


def _known(
    tree: WorkTree, stage: Stage, inputs: LockEntry, locked: LockEntry
) -> Iterator[tuple[LockEntry, str]]:
    """Yield what may be known of a stage with these inputs, and where from."""
    if locked and is_repeatable(stage, inputs):
        yield locked, "dvc.lock has it"
    if cached := tree.run_cache.find(stage, inputs):
        yield cached, "the run cache has it"


def _restore(tree: WorkTree, stage: Stage, entry: LockEntry) -> bool:
    """Bring the outputs of an entry; return whether the cache has them."""
    made = tree.contents(stage, entry)
    if not _are_stored(tree, stage.outs, made):
        return False
    try:
        for out in stage.outs:
            path, where = tree.root / out.path, f"stage '{stage.name}'"
            refuse_way_out(tree.root, out.path)
            content, copy = made[out.path], not out.cache
            tree.store.bring(content, path, what=f"'{out.path}'", where=where, copy=copy, pull=False)
    except MissingContentError:  # it was there, but was not what its name says
        return False
    return True


def _relink(tree: WorkTree, stage: Stage, entry: LockEntry) -> None:
    made = tree.contents(stage, entry)
    for out in stage.outs:
        if out.cache and not is_external(out.path):
            tree.store.relink(made[out.path], tree.root / out.path)


def _frozen(
    tree: WorkTree, stage: Stage, locked: LockEntry, *, force: bool, tracked: Collection[str]
) -> Settled:
    """Take a frozen stage as it is: its outputs are what is there."""
    made = tree.contents(stage, locked)
    for out in stage.outs:
        path = tree.root / out.path
        if not path.exists() and not (out.path in made and tree.store.has(made[out.path])):
            raise StageError(
                f"The stage is frozen, and its output '{out.path}' is not there",
                where=f"stage '{stage.name}'",
                fix=f"`dvc pull {stage.name}`, or `dvc unfreeze {stage.name}` so that it can run",
            )
        if not path.exists():
            tree.bring({out.path: made[out.path]}, where=f"stage '{stage.name}'")
    of_dvc = [out for out in stage.outs if out.cache]
    same = locked.get("cmd") == lock_command(stage) and made.keys() >= {out.path for out in stage.outs}
    if same and not force and _in_place(tree, stage, made) and _are_stored(tree, of_dvc, made):
        return Settled("unchanged", "it is frozen", locked)
    refuse_tracked(stage, tracked)
    return Settled("taken", "it is frozen", collect(tree, stage, tree.inputs(stage, {}), keep_all=False))
