"""Run one stage: check out its dependencies, run its commands, store its outputs, return its lock entry."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import StageError
from trimtab.pipeline.cache import open_leases
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution.failed_outputs import keep_failed_outputs
from trimtab.pipeline.execution.gate_reports import store_report
from trimtab.pipeline.execution.process import CommandError
from trimtab.pipeline.execution.run_telemetry import observe_stage, record_verdict
from trimtab.pipeline.execution.stage_commands import file_versions, run_stage_commands
from trimtab.pipeline.execution.stage_sandbox import graph_in, sandbox
from trimtab.pipeline.git import Revision
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import Content, LockEntry, differences, has_legacy_outputs, is_external
from trimtab.pipeline.worktree import (
    WorkTree,
    gitignored_in_dependencies,
    store_stage_outputs,
    update_gitignore,
)
from trimtab.telemetry import instruments

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StageExecution:
    """Result of :func:`run_stage`.

    Attributes:
        entry: The stage's lock entry.
        ran: Whether its commands ran; otherwise ``dvc.lock`` or the run cache has its result.
    """

    entry: LockEntry
    ran: bool


def run_stage(
    root: Path,
    revision: Revision,
    graph: Graph,
    name: str,
    entries: Mapping[str, LockEntry],
    *,
    digest: str = "",
    force: bool = False,
    env: Mapping[str, str] | None = None,
    keep_on_failure: Path | None = None,
) -> StageExecution:
    """Run a stage of a revision in a sandbox.

    Its dependencies are checked out from DVC's cache by hash. Its outputs are stored there, and its lock
    entry in the run cache. With a DVC remote, missing objects are fetched, and results are pushed.

    Args:
        root: The project's root.
        revision: The pinned revision.
        graph: The stages of some revision of the project.
        name: The stage, in DVC's addressing.
        entries: Lock entries of the upstream stages, by name.
        digest: Digest of the stage at the pinned revision. If the stage has another one in ``graph``, DVC
            resolves the pinned revision.
        force: Run the commands even if the result is known.
        env: Variables added to the commands' environment.
        keep_on_failure: Folder to which outputs are moved if a command fails, such as a gate's report.

    Raises:
        ProjectError: The revision has no such stage.
        StageError: A dependency is not in the cache, a command failed, or an output was not written.
    """
    failed_outputs = (
        keep_on_failure and keep_on_failure.resolve()
    )  # the sandbox changes the working directory
    where = f"stage '{name}'"
    with (
        observe_stage(name, revision=revision.sha) as observed,
        sandbox(root, revision) as tree,
        refusals(StageError, where=where),
    ):
        if digest and graph.digest(name) != digest:
            graph = graph_in(tree)
        stage = graph.stage(name)
        known = check_out_inputs(tree, graph, stage, entries)
        inputs = tree.current_inputs(stage, known)
        with open_leases(tree.home) as write_leases:
            entry = None if force else _known_result(tree, stage, inputs)
            write_leases([entry] if entry else [])
        if entry:
            log.info("Stage '%s' is up to date: its commands do not run", name)
            tree.push(stage, entry)
            observed.attributes[instruments.STATE] = "restored"
            return StageExecution(entry, ran=False)
        check_out_persistent_outputs(tree, stage)
        try:
            entry = execute_stage(tree, stage, inputs, env=env, keep_all=True)
        except StageError as err:
            if stage.gate and isinstance(err, CommandError):
                err.report = store_report(tree, stage)
            if failed_outputs:
                keep_failed_outputs(tree, stage, failed_outputs)
            raise
        tree.push(stage, entry)
        observed.attributes[instruments.STATE] = "ran"
        return StageExecution(entry, ran=True)


def check_out_inputs(
    tree: WorkTree, graph: Graph, stage: Stage, entries: Mapping[str, LockEntry], *, copy: bool = False
) -> dict[str, Content]:
    """Check out the dependencies and params files of a stage in a sandbox, by hash.

    Args:
        tree: The sandbox.
        graph: The stages.
        stage: The stage.
        entries: Lock entries of the upstream stages, by name.
        copy: Make copies, whatever link type ``cache.type`` asks for.

    Returns:
        :func:`upstream_contents` of the stage.

    Raises:
        StageError: A dependency is neither in the cache nor in the remote.
    """
    known = upstream_contents(tree, graph, stage.name, entries)
    needed = [*stage.deps, *stage.params]
    tree.check_out(known, needed=needed, where=f"stage '{stage.name}'", copy=copy)
    update_gitignore(tree, gitignored_in_dependencies(graph, stage, entries))
    return known


def upstream_contents(
    tree: WorkTree, graph: Graph, name: str, entries: Mapping[str, LockEntry]
) -> dict[str, Content]:
    """Map the outputs of upstream stages, and the source data of a stage, by path to their contents.

    Args:
        tree: A checkout that holds the ``.dvc`` files.
        graph: The stages.
        name: The stage.
        entries: Lock entries of the upstream stages, by name.
    """
    contents: dict[str, Content] = {}
    for source in graph.sources_of(name):
        contents |= tree.source_contents(source)
    for upstream in graph.upstream(name):
        contents |= tree.output_contents(graph.stage(upstream), entries[upstream])
    return contents


def _known_result(tree: WorkTree, stage: Stage, inputs: LockEntry) -> LockEntry | None:
    """Return the lock entry of a stage with these inputs, if ``dvc.lock`` or the run cache has one."""
    if stage.is_callback or stage.always_changed:
        return None
    locked = tree.locked(stage)
    if locked and not any(differences(stage, locked, inputs)):
        return locked if tree.has_outputs(stage, locked) else None
    cached = tree.run_cache.find(stage, inputs)
    if not cached or not tree.has_outputs(stage, cached):
        return None
    if not has_legacy_outputs(cached):
        return cached
    # As DVC, which restores the outputs and hashes them anew.
    tree.check_out(tree.output_contents(stage, cached), where=f"stage '{stage.name}'")
    return store_result(tree, stage, inputs, keep_all=True)


def execute_stage(
    tree: WorkTree,
    stage: Stage,
    inputs: LockEntry,
    *,
    keep_all: bool,
    env: Mapping[str, str] | None = None,
    show: Callable[[str], None] | None = None,
) -> LockEntry:
    """Run a stage's commands in a checkout that has its dependencies, and store its outputs.

    Args:
        tree: The checkout.
        stage: The stage.
        inputs: Its command, dependencies and params, as a lock entry has them.
        keep_all: Store outputs that git keeps too.
        env: Variables added to the commands' environment.
        show: See :func:`run_commands`.

    Returns:
        The stage's lock entry.

    Raises:
        StageError: A command failed, or an output was not written.
    """
    read = [tree.root / path for path in (*stage.deps, *stage.params) if not is_external(path)]
    before = [file_versions(path) for path in read]
    try:
        run_stage_commands(tree, stage, env=env, show=show)
    except StageError:
        record_verdict(tree, stage, failed=True)
        raise
    record_verdict(tree, stage, failed=False)
    if [file_versions(path) for path in read] != before:
        inputs = tree.current_inputs(stage, {})  # as DVC, which hashes changed dependencies again
    return store_result(tree, stage, inputs, keep_all=keep_all)


def store_result(tree: WorkTree, stage: Stage, inputs: LockEntry, *, keep_all: bool) -> LockEntry:
    """Store the outputs of a stage in the cache and its lock entry in the run cache; return the lock entry.

    Args:
        tree: The checkout in which the stage ran.
        stage: The stage.
        inputs: Its command, dependencies and params, as a lock entry has them.
        keep_all: Store outputs that git keeps too.

    Raises:
        StageError: An output does not exist, or cannot be stored.
    """
    entry = inputs.copy()
    with open_leases(tree.home) as write_leases:
        if stage.outs:
            keep_all = keep_all or tree.run_cache.accepts(stage, inputs)
            entry["outs"] = store_stage_outputs(tree, stage, keep_all=keep_all)
        write_leases([entry])
    tree.run_cache.save(stage, entry)
    return entry


def check_out_persistent_outputs(tree: WorkTree, stage: Stage) -> None:
    """Check out outputs with ``persist: true``, as ``dvc.lock`` has them: the commands continue from them."""
    locked = tree.output_contents(stage, tree.locked(stage))
    for out in stage.outs:
        if out.persist and out.path in locked:
            tree.check_out({out.path: locked[out.path]}, where=f"stage '{stage.name}'")
