"""Run a pipeline in the user's own checkout: ``dvc repro`` with parallel stages."""

from __future__ import annotations

import contextlib
import contextvars
import heapq
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Protocol

from trimtab.errors import ProjectError, StageError, TrimtabError
from trimtab.pipeline.dvc_compat import track_in_git
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution.path_conflicts import conflicts
from trimtab.pipeline.execution.process import end_commands, exit_on_sigterm
from trimtab.pipeline.execution.run_telemetry import observe_stage
from trimtab.pipeline.execution.stage_reproduction import StageOutcome, reproduce_stage
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import Content, LockEntry, LockFile, lock_path, short_name
from trimtab.pipeline.worktree import (
    WorkTree,
    git_tracked_outputs,
    gitignored_in_dependencies,
    gitignored_outputs,
    lock_stage_paths,
    update_gitignore,
    update_source_data,
)
from trimtab.telemetry import instruments


class RunListener(Protocol):
    """Receives the events of a run, in any thread."""

    def started(self, stage: str, reason: str) -> None:
        """Receive that the commands of a stage start."""

    def line(self, stage: str, text: str) -> None:
        """Receive one or several lines that the commands printed."""

    def ended(self, stage: str, outcome: StageOutcome | None) -> None:
        """Receive the outcome of a stage; ``None`` if it failed."""


def run(
    root: Path, graph: Graph, *, jobs: int = 1, force: bool = False, listener: RunListener
) -> dict[str, StageOutcome]:
    """Bring stages of a checkout up to date and write ``dvc.lock``, as ``dvc repro`` does.

    After a stage has failed, no other stage starts. Running stages end first. ``dvc.lock`` has the entry of
    each stage that succeeded.

    Args:
        root: The project's root.
        graph: The stages.
        jobs: The number of stages that run at the same time.
        force: Run all stages, even those that are up to date.
        listener: Receives the events.

    Returns:
        The outcome of each stage, by name.

    Raises:
        ProjectError: Another run uses the checkout.
        StageError: A stage failed.
    """
    from dvc.repo import Repo

    here = Path.cwd()
    folder = here.relative_to(root).as_posix() if here.is_relative_to(root) else "."
    with (
        contextlib.chdir(root),
        exit_on_sigterm(),
        Repo(str(root)) as repo,
        refusals(ProjectError, where=str(root)),
    ):
        tree = WorkTree(repo, folder=folder)
        with lock_stage_paths(repo, graph):
            update_source_data(tree, graph)
            running = _LocalRun(tree, graph, force=force, listener=listener)
            try:
                running.run_stages(jobs)
            finally:
                _write_locks(tree, graph, running.outcomes)
    return running.outcomes


class _LocalRun:
    """A run in progress: outcomes so far, and stages that are ready to start."""

    def __init__(self, tree: WorkTree, graph: Graph, *, force: bool, listener: RunListener) -> None:
        self._tree, self._graph, self._force, self._listener = tree, graph, force, listener
        self._tracked = git_tracked_outputs(tree, graph.stages)
        self._position = {stage.name: position for position, stage in enumerate(graph.stages)}
        self._waiting_for = {name: {*graph.upstream(name)} for name in self._position}
        for earlier, later in conflicts(tree.root, graph.stages):
            self._waiting_for[later].add(earlier)
        self._dependents: dict[str, list[str]] = {name: [] for name in self._position}
        for name, upstream in self._waiting_for.items():
            for other in upstream:
                self._dependents[other].append(name)
        self._ready = [self._position[name] for name, upstream in self._waiting_for.items() if not upstream]
        self.outcomes: dict[str, StageOutcome] = {}

    def run_stages(self, jobs: int) -> None:
        """Bring each stage up to date.

        Raises:
            StageError: A stage failed; the first one is raised.
        """
        running: dict[Future[StageOutcome], Stage] = {}
        failures: list[TrimtabError] = []
        with ThreadPoolExecutor(jobs, thread_name_prefix="stage") as pool:
            try:
                while running or (self._ready and not failures):
                    while self._ready and not failures and len(running) < jobs:
                        stage = self._graph.stages[heapq.heappop(self._ready)]
                        self._update_gitignore(stage)
                        traced = contextvars.copy_context()  # so that its span belongs to that of the run
                        running[pool.submit(traced.run, self._reproduce, stage)] = stage
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        self._collect(running.pop(future), future, failures)
            except BaseException:
                end_commands()
                raise
        if failures:
            raise failures[0]

    def _update_gitignore(self, stage: Stage) -> None:
        """Add new outputs to ``.gitignore`` files in folders that the stage depends on."""
        changed = {
            name: self.outcomes[name].entry
            for name in self._graph.upstream(stage.name)
            if self.outcomes[name].state != "unchanged"
        }
        update_gitignore(self._tree, gitignored_in_dependencies(self._graph, stage, changed))

    def _reproduce(self, stage: Stage) -> StageOutcome:
        entries = {name: self.outcomes[name].entry for name in self._graph.upstream(stage.name)}
        with observe_stage(stage.name) as observed, refusals(StageError, where=f"stage '{stage.name}'"):
            outcome = reproduce_stage(
                self._tree,
                self._graph,
                stage,
                entries,
                force=self._force,
                tracked=self._tracked,
                begin=lambda reason: self._listener.started(stage.name, reason),
                show=lambda text: self._listener.line(stage.name, text),
            )
            observed.attributes[instruments.STATE] = outcome.state
        return outcome

    def _collect(self, stage: Stage, future: Future[StageOutcome], failures: list[TrimtabError]) -> None:
        try:
            outcome = future.result()
        except TrimtabError as err:
            self._listener.ended(stage.name, None)
            failures.append(err)
            return
        self.outcomes[stage.name] = outcome
        self._listener.ended(stage.name, outcome)
        for name in self._dependents[stage.name]:
            self._waiting_for[name].remove(stage.name)
            if not self._waiting_for[name]:
                heapq.heappush(self._ready, self._position[name])


def _write_locks(tree: WorkTree, graph: Graph, outcomes: Mapping[str, StageOutcome]) -> None:
    """Write new lock entries into each ``dvc.lock``, in DVC's order; add new outputs to ``.gitignore``."""
    changed: dict[str, dict[str, LockEntry]] = {}
    outputs: dict[str, Content] = {}
    for stage in graph.stages:
        if stage.name in outcomes and outcomes[stage.name].state != "unchanged":
            entry = outcomes[stage.name].entry
            changed.setdefault(lock_path(stage.name), {})[short_name(stage.name)] = entry
            outputs |= gitignored_outputs(stage, entry)
    with tree.repo.lock:
        for path, entries in changed.items():
            # Read again: the file may have changed since the run started.
            before = LockFile.read(tree.root / path, cache=tree.locks)
            after = before.with_entries(entries, cache=tree.locks)
            if after.text != before.text:
                after.write(tree.root / path)
                track_in_git(tree.repo, path)
        update_gitignore(tree, outputs)
