"""Bring one stage of the user's own checkout up to date, as ``dvc repro`` does: keep, restore or run it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from trimtab.errors import StageError
from trimtab.pipeline.content import Content, is_legacy
from trimtab.pipeline.entry import Entry, command, differences, is_external
from trimtab.pipeline.execution import collect, execute, known_contents
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.ignoring import refuse_tracked
from trimtab.pipeline.runcache import is_repeatable
from trimtab.pipeline.worktree import WorkTree

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
    entry: Entry


def settle(
    tree: WorkTree,
    graph: Graph,
    stage: Stage,
    entries: Mapping[str, Entry],
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
    if holds and _in_place(tree, stage, tree.contents(stage, locked)):
        return Settled("unchanged", "dvc.lock has it", locked)
    refuse_tracked(stage, tracked)
    if holds and is_repeatable(stage, inputs) and tree.has(stage, locked):
        return _restored(tree, stage, inputs, locked, "dvc.lock has it")
    if not always and (cached := tree.run_cache.find(stage, inputs)) and tree.has(stage, cached):
        return _restored(tree, stage, inputs, cached, "the run cache has it")
    reason = always or "; ".join(changes) or ("an output is gone" if locked else "it has never run")
    begin(reason)
    entry = execute(tree, stage, inputs, keep_all=False, show=show)
    made = tree.contents(stage, entry)
    for out in stage.outs:
        if out.cache:
            tree.store.relink(made[out.path], tree.root / out.path)
    return Settled("ran", reason, entry)


def _in_place(tree: WorkTree, stage: Stage, made: Mapping[str, Content]) -> bool:
    """Whether all outputs are there; one that the cache has lost is put there again."""
    if not all(tree.is_in_place(out.path, made[out.path]) for out in stage.outs if not is_external(out.path)):
        return False
    for out in stage.outs:
        if out.cache and not is_external(out.path) and not tree.store.has(made[out.path]):
            tree.store.put(tree.root / out.path, legacy=is_legacy(made[out.path]))
    return True


def _restored(tree: WorkTree, stage: Stage, inputs: Entry, entry: Entry, reason: str) -> Settled:
    made = tree.contents(stage, entry)
    for out in stage.outs:
        if not is_external(out.path):
            tree.store.bring(
                made[out.path],
                tree.root / out.path,
                what=f"'{out.path}'",
                where=f"stage '{stage.name}'",
                copy=not out.cache,
            )
    return Settled("restored", reason, collect(tree, stage, inputs, keep_all=False))


def _frozen(
    tree: WorkTree, stage: Stage, locked: Entry, *, force: bool, tracked: Collection[str]
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
    same = locked.get("cmd") == command(stage) and made.keys() >= {out.path for out in stage.outs}
    if same and not force and _in_place(tree, stage, made):
        return Settled("unchanged", "it is frozen", locked)
    refuse_tracked(stage, tracked)
    return Settled("taken", "it is frozen", collect(tree, stage, tree.inputs(stage, {}), keep_all=False))
