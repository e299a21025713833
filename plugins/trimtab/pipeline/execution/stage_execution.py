"""Run one stage: its commands, its outputs into the cache, its lock entry out."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import StageError
from trimtab.pipeline.cache import leasing, remove
from trimtab.pipeline.dvc_compat import command_environment
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution.gate_reports import keep_report
from trimtab.pipeline.execution.process import CommandError, run_commands
from trimtab.pipeline.execution.stage_sandbox import graph_in, sandbox
from trimtab.pipeline.git import Revision
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import Content, Entry, address, differences, is_external
from trimtab.pipeline.worktree import WorkTree, have_ignored, refuse_way_out, seen_by, store_outputs

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Execution:
    """What became of a stage.

    Attributes:
        entry: The stage's entry for ``dvc.lock``.
        ran: False if its result was known: ``dvc.lock`` has it, or DVC's run cache.
    """

    entry: Entry
    ran: bool


def run_stage(
    root: Path,
    revision: Revision,
    graph: Graph,
    name: str,
    entries: Mapping[str, Entry],
    *,
    digest: str = "",
    force: bool = False,
    env: Mapping[str, str] | None = None,
    keep_on_failure: Path | None = None,
) -> Execution:
    """Run a stage of a revision in a sandbox.

    Its dependencies are brought from DVC's cache by content hash; its outputs, and the result as DVC's run
    cache knows it, are put there. With a DVC remote, what is not in this host's cache comes from there, and
    what was made goes there.

    Args:
        root: The project's root.
        revision: The pinned revision.
        graph: The stages, as some revision of the project has them.
        name: The stage, in DVC's addressing.
        entries: Lock entries of the stages it depends on, by name.
        digest: That of the stage in the pinned revision's graph; if ``graph`` has another, DVC is asked.
        force: Run even if the run cache has the result.
        env: Added to the command's environment.
        keep_on_failure: Where outputs that a failing command left are moved to (a gate's report, say).

    Raises:
        ProjectError: The revision has no such stage.
        StageError: A dependency is not in the cache, the command failed, or it did not write an output.
    """
    kept = keep_on_failure and keep_on_failure.resolve()  # the sandbox is another working directory
    where = f"stage '{name}'"
    with sandbox(root, revision) as tree, refusals(StageError, where=where):
        if digest and graph.digest(name) != digest:
            graph = graph_in(tree)
        stage = graph.stage(name)
        known = known_contents(tree, graph, name, entries)
        tree.bring(known, needed=[*stage.deps, *stage.params], where=where)
        have_ignored(tree, seen_by(graph, stage, entries))
        inputs = tree.inputs(stage, known)
        with leasing(tree.home) as lease:
            entry = None if force else _known_result(tree, stage, inputs)
            lease([entry] if entry else [])
        if entry:
            log.info("Stage '%s': its result is known, nothing to run", name)
            tree.push(stage, entry)
            return Execution(entry, ran=False)
        _bring_persistent(tree, stage)
        try:
            entry = execute(tree, stage, inputs, env=env, keep_all=True)
        except StageError as err:
            if stage.gate and isinstance(err, CommandError):
                err.report = keep_report(tree, stage)
            if kept:
                _keep_outputs(tree, stage, kept)
            raise
        tree.push(stage, entry)
        return Execution(entry, ran=True)


def known_contents(
    tree: WorkTree, graph: Graph, name: str, entries: Mapping[str, Entry]
) -> dict[str, Content]:
    """Map what comes right before a stage, outputs and data of sources, by path to its content.

    Args:
        tree: Where the ``.dvc`` files of the sources are.
        graph: The stages.
        name: The stage.
        entries: Lock entries of the stages it depends on, by name.
    """
    known: dict[str, Content] = {}
    for source in graph.sources_of(name):
        known |= tree.source(source)
    for upstream in graph.upstream(name):
        known |= tree.contents(graph.stage(upstream), entries[upstream])
    return known


def _known_result(tree: WorkTree, stage: Stage, inputs: Entry) -> Entry | None:
    """Return a stage's entry if its result is known: to ``dvc.lock`` or, for other inputs, the run cache."""
    if stage.is_callback or stage.always_changed:
        return None
    locked = tree.locked(stage)
    if locked and not any(differences(stage, locked, inputs)):
        return locked if tree.has(stage, locked) else None
    cached = tree.run_cache.find(stage, inputs)
    return cached if cached and tree.has(stage, cached) else None


def execute(
    tree: WorkTree,
    stage: Stage,
    inputs: Entry,
    *,
    keep_all: bool,
    env: Mapping[str, str] | None = None,
    show: Callable[[str], None] | None = None,
) -> Entry:
    """Run a stage's commands where its dependencies are in place, and store what they made.

    Args:
        tree: The files it runs in.
        stage: The stage.
        inputs: Its command, dependencies and params, in an entry's form.
        keep_all: Store outputs that are left to git too.
        env: Added to the command's environment.
        show: See :func:`run_commands`.

    Returns:
        Its lock entry.

    Raises:
        StageError: The command failed, or it did not write an output.
    """
    read = [tree.root / path for path in (*stage.deps, *stage.params) if not is_external(path)]
    before = [_signature(path) for path in read]
    perform(tree, stage, env=env, show=show)
    if [_signature(path) for path in read] != before:
        inputs = tree.inputs(stage, {})  # like DVC, which hashes dependencies again
    return collect(tree, stage, inputs, keep_all=keep_all)


def perform(
    tree: WorkTree,
    stage: Stage,
    *,
    env: Mapping[str, str] | None = None,
    show: Callable[[str], None] | None = None,
) -> None:
    """Run a stage's commands, and nothing else: what they make is not stored.

    Args:
        tree: The files it runs in.
        stage: The stage.
        env: Added to the command's environment.
        show: See :func:`run_commands`.

    Raises:
        StageError: A command failed.
    """
    for out in stage.outs:
        path = tree.root / out.path
        if not is_external(out.path):
            refuse_way_out(tree.root, out.path)
        if out.persist and out.cache and path.exists():
            tree.store.unprotect(path)
        elif not out.persist and not is_external(out.path):
            remove(path)
    run_commands(
        list(stage.cmd) if stage.listed else stage.cmd[0].splitlines(),
        where=f"stage '{stage.name}'",
        cwd=tree.root / stage.wdir,
        env=_environment(tree, stage, env),
        show=show,
    )


def collect(tree: WorkTree, stage: Stage, inputs: Entry, *, keep_all: bool) -> Entry:
    """Store the outputs of a stage and return its lock entry; the run cache gets it too.

    Args:
        tree: The files it has run in.
        stage: The stage.
        inputs: Its command, dependencies and params, in an entry's form.
        keep_all: Store outputs that are left to git too.

    Raises:
        StageError: An output is missing or cannot be stored.
    """
    entry: Entry = dict(inputs)
    with leasing(tree.home) as lease:
        if stage.outs:
            keep_all = keep_all or tree.run_cache.takes(stage, inputs)
            entry["outs"] = store_outputs(tree, stage, keep_all=keep_all)
        lease([entry])
    tree.run_cache.keep(stage, entry)
    return entry


def _signature(path: Path) -> list[tuple[str, int, int, int, int]]:
    """Return what changes when a file, or a file in a folder, is written."""
    if not path.is_dir():
        return [_version(str(path))]
    return sorted(_version(f"{folder}/{name}") for folder, _, names in os.walk(path) for name in names)


def _version(file: str) -> tuple[str, int, int, int, int]:
    for look in (os.stat, os.lstat):  # a link may lead nowhere
        with contextlib.suppress(OSError):
            about = look(file)
            return file, about.st_mtime_ns, about.st_size, about.st_ino, about.st_mode
    return file, 0, 0, 0, 0


def _bring_persistent(tree: WorkTree, stage: Stage) -> None:
    """Put outputs that a stage goes on with where it finds them, as ``dvc.lock`` has them."""
    locked = tree.contents(stage, tree.locked(stage))
    for out in stage.outs:
        if out.persist and out.path in locked:
            tree.bring({out.path: locked[out.path]}, where=f"stage '{stage.name}'")


def _environment(tree: WorkTree, stage: Stage, added: Mapping[str, str] | None) -> dict[str, str]:
    """Return what a command finds in its environment: what DVC hands on.

    In the user's checkout a `python` is the user's, as with DVC. A worker's environment is nobody's: Airflow
    may have been started by its full path. So in a sandbox this interpreter's commands come first.
    """
    env = command_environment(
        stage=address(stage.name, tree.folder), root=tree.root, replace_root=tree.is_sandbox
    )
    if tree.is_sandbox:
        env["PATH"] = with_own_commands(env.get("PATH", os.defpath))
    if tree.is_sandbox or sys.stdout.isatty():
        env["PYTHONUNBUFFERED"] = "1"  # so that each line is shown when it is printed
    return {**env, **(added or {})}


def with_own_commands(path: str) -> str:
    """Return a search path on which this interpreter's commands come first."""
    here = str(Path(sys.executable).parent)
    return path if path.split(os.pathsep)[0] == here else here + os.pathsep + path


def _keep_outputs(tree: WorkTree, stage: Stage, folder: Path) -> None:
    """Move what a failed stage left to a folder, unless that has become a link to another meanwhile."""
    for out in stage.outs:
        path, target = tree.root / out.path, folder / out.path
        if target.resolve() != target:
            log.error(
                "What the failed stage left of %s is not kept: a link leads out of %s", out.path, folder
            )
        elif path.exists() and not is_external(out.path):
            target.parent.mkdir(parents=True, exist_ok=True)
            remove(target)
            shutil.move(path, target)
            log.warning("The failed stage left %s; it is kept in %s", out.path, target)
