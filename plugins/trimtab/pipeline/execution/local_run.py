"""Run the pipeline in the user's own checkout, stages side by side: ``dvc repro`` in parallel."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Protocol

from trimtab.errors import ProjectError, StageError, TrimtabError
from trimtab.pipeline.dvc_compat import track_in_git
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution.path_conflicts import conflicts
from trimtab.pipeline.execution.process import end_commands, terminable
from trimtab.pipeline.execution.stage_reproduction import Settled, settle
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import Content, Entry, LockFile, lock_path, short_name
from trimtab.pipeline.worktree import (
    WorkTree,
    bring_sources,
    have_ignored,
    ignored_by_dvc,
    reserved,
    seen_by,
    tracked_by_git,
)


class Listener(Protocol):
    """Is told how a run goes on, from any thread."""

    def started(self, stage: str, reason: str) -> None:
        """The stage's commands start."""

    def line(self, stage: str, text: str) -> None:
        """They have printed a line, or several."""

    def ended(self, stage: str, settled: Settled | None) -> None:
        """The stage is up to date, or has failed."""


def run(
    root: Path, graph: Graph, *, jobs: int = 1, force: bool = False, listener: Listener
) -> dict[str, Settled]:
    """Bring stages of a checkout up to date, and write ``dvc.lock``, as ``dvc repro`` would.

    A stage that fails stops what follows; stages already running are waited for, and everything that was done
    is kept in ``dvc.lock``.

    Args:
        root: The project's root.
        graph: The stages.
        jobs: How many run at a time.
        force: Run all of them, unchanged or not.
        listener: Is told how it goes on.

    Returns:
        What became of each stage, by name.

    Raises:
        ProjectError: The checkout is busy with another run.
        StageError: A stage failed.
    """
    from dvc.repo import Repo

    here = Path.cwd()
    folder = here.relative_to(root).as_posix() if here.is_relative_to(root) else "."
    with (
        contextlib.chdir(root),
        terminable(),
        Repo(str(root)) as repo,
        refusals(ProjectError, where=str(root)),
    ):
        tree = WorkTree(repo, folder=folder)
        with reserved(repo, graph):
            bring_sources(tree, graph)
            state = _Run(tree, graph, force=force, listener=listener)
            try:
                state.go(jobs)
            finally:
                _write(tree, graph, state.settled)
    return state.settled


class _Run:
    """A run as it goes on: what has settled, and what is next."""

    def __init__(self, tree: WorkTree, graph: Graph, *, force: bool, listener: Listener) -> None:
        self._tree, self._graph, self._force, self._listener = tree, graph, force, listener
        self._tracked = tracked_by_git(tree, graph.stages)
        self._place = {stage.name: place for place, stage in enumerate(graph.stages)}
        self._waits = {name: {*graph.upstream(name)} for name in self._place}
        for before, after in conflicts(tree.root, graph.stages):
            self._waits[after].add(before)
        self._followers: dict[str, list[str]] = {name: [] for name in self._place}
        for name, waits in self._waits.items():
            for before in waits:
                self._followers[before].append(name)
        self._ready = [self._place[name] for name, waits in self._waits.items() if not waits]
        self.settled: dict[str, Settled] = {}

    def go(self, jobs: int) -> None:
        """Settle every stage.

        Raises:
            StageError: A stage failed; the first one is raised.
        """
        running: dict[Future[Settled], Stage] = {}
        failures: list[TrimtabError] = []
        with ThreadPoolExecutor(jobs, thread_name_prefix="stage") as pool:
            try:
                while running or (self._ready and not failures):
                    while self._ready and not failures and len(running) < jobs:
                        stage = self._graph.stages[heapq.heappop(self._ready)]
                        self._have_ignored(stage)
                        running[pool.submit(self._settle, stage)] = stage
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        self._collect(running.pop(future), future, failures)
            except BaseException:
                end_commands()
                raise
        if failures:
            raise failures[0]

    def _have_ignored(self, stage: Stage) -> None:
        """Have git ignore new outputs in folders that the stage depends on."""
        changed = {
            name: self.settled[name].entry
            for name in self._graph.upstream(stage.name)
            if self.settled[name].state != "unchanged"
        }
        have_ignored(self._tree, seen_by(self._graph, stage, changed))

    def _settle(self, stage: Stage) -> Settled:
        entries = {name: self.settled[name].entry for name in self._graph.upstream(stage.name)}
        with refusals(StageError, where=f"stage '{stage.name}'"):
            return settle(
                self._tree,
                self._graph,
                stage,
                entries,
                force=self._force,
                tracked=self._tracked,
                begin=lambda reason: self._listener.started(stage.name, reason),
                show=lambda text: self._listener.line(stage.name, text),
            )

    def _collect(self, stage: Stage, future: Future[Settled], failures: list[TrimtabError]) -> None:
        try:
            settled = future.result()
        except TrimtabError as err:
            self._listener.ended(stage.name, None)
            failures.append(err)
            return
        self.settled[stage.name] = settled
        self._listener.ended(stage.name, settled)
        for name in self._followers[stage.name]:
            self._waits[name].remove(stage.name)
            if not self._waits[name]:
                heapq.heappush(self._ready, self._place[name])


def _write(tree: WorkTree, graph: Graph, settled: Mapping[str, Settled]) -> None:
    """Write what has been done into each ``dvc.lock``, in DVC's order, and let git ignore new outputs."""
    changed: dict[str, dict[str, Entry]] = {}
    outputs: dict[str, Content] = {}
    for stage in graph.stages:
        if stage.name in settled and settled[stage.name].state != "unchanged":
            entry = settled[stage.name].entry
            changed.setdefault(lock_path(stage.name), {})[short_name(stage.name)] = entry
            outputs |= ignored_by_dvc(stage, entry)
    with tree.repo.lock:
        for path, entries in changed.items():
            before = LockFile.read(tree.root / path, cache=tree.locks)  # it may have changed meanwhile
            after = before.with_entries(entries, cache=tree.locks)
            if after.text != before.text:
                after.write(tree.root / path)
                track_in_git(tree.repo, path)
        have_ignored(tree, outputs)
