"""Decide from content hashes which stages must run, before any worker starts."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from trimtab.config import PARAMS_FILE
from trimtab.errors import ProjectError, RemoteError, StageError, closest
from trimtab.params_sections import check_sections
from trimtab.pipeline.cache import leasing
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution.label_columns import refuse_unknown_labels
from trimtab.pipeline.execution.stage_execution import known_contents
from trimtab.pipeline.execution.stage_sandbox import graph_in, sandbox
from trimtab.pipeline.git import Revision
from trimtab.pipeline.graph import Graph, Stage, check_gates, refuse_unsupported
from trimtab.pipeline.lock import LockEntry, differences, lock_command
from trimtab.pipeline.worktree import (
    WorkTree,
    have_ignored,
    refuse_changed_imports,
    refuse_edited_data,
    refuse_tracked,
    seen_by,
    tracked_by_git,
)


@dataclass(frozen=True)
class Step:
    """What the plan says of one stage.

    Attributes:
        stage: Its name.
        state: ``run``, or ``unchanged``: its result is known and in the cache.
        reason: Why, for a person.
        digest: :meth:`Graph.digest` of the stage at the pinned revision.
        entry: The lock entry of an unchanged stage.
    """

    stage: str
    state: Literal["run", "unchanged"]
    reason: str
    digest: str = ""
    entry: LockEntry | None = None


@dataclass(frozen=True)
class Plan:
    """The steps of a run, each after all it depends on."""

    revision: Revision
    steps: tuple[Step, ...] = field(default_factory=tuple)

    @property
    def unchanged(self) -> dict[str, LockEntry]:
        """Lock entries of the stages that need not run, by name."""
        return {step.stage: step.entry for step in self.steps if step.entry is not None}

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values, without the lock entries."""
        steps = [
            {"stage": step.stage, "state": step.state, "reason": step.reason, "digest": step.digest}
            for step in self.steps
        ]
        return {"revision": asdict(self.revision), "steps": steps}

    def only(self, names: Collection[str]) -> Plan:
        """Return what it says of some stages."""
        return Plan(self.revision, tuple(step for step in self.steps if step.stage in names))

    @classmethod
    def of(cls, plain: Mapping[str, Any], entries: Mapping[str, LockEntry] | None = None) -> Plan:
        """Return the plan that :meth:`plain` gave the values of, with lock entries where they are given."""
        steps = (Step(**step, entry=(entries or {}).get(step["stage"])) for step in plain["steps"])
        return cls(Revision(**plain["revision"]), tuple(steps))


def make_plan(root: Path, revision: Revision, graph: Graph, *, force: Collection[str] = ()) -> Plan:
    """Walk the graph in order and decide, stage by stage.

    A stage is unchanged if command, params and the hashes of all dependencies are those of its entry in the
    revision's ``dvc.lock``, or of a result in DVC's run cache, and its outputs are in the cache or the
    remote. Its outputs' hashes are then known too, so the walk goes on through it without touching a file.

    Args:
        root: The project's root.
        revision: The pinned revision.
        graph: The stages to plan.
        force: Stages that run even if unchanged.

    Raises:
        ConfigError: A section of ``params.yaml`` that the library reads cannot be used.
        ProjectError: A dependency or a param that a stage names is not in the revision; the revision, with
            the params set for the run, has other stages than the graph; or a label is no column.
    """
    known: dict[str, LockEntry] = {}
    steps: list[Step] = []
    where = f"{root} at {revision.sha[:12]}"
    with sandbox(root, revision) as tree, leasing(tree.home) as lease, refusals(ProjectError, where=where):
        whole = graph_in(tree)
        check_sections(tree.root, _sections_of(whole))
        at_revision = _same_stages(graph, whole, where)
        check_gates(at_revision)
        refuse_unsupported(at_revision, root)
        refuse_edited_data(root, tree, at_revision)
        refuse_changed_imports(root, tree, at_revision)
        tracked = tracked_by_git(tree, at_revision.stages)
        for stage in at_revision.stages:
            with _of_project(where), refusals(ProjectError, where=f"stage '{stage.name}' of {where}"):
                step = _decide(tree, at_revision, stage, known, force=stage.name in force)
                if not step.entry:
                    refuse_tracked(stage, tracked)
            steps.append(step)
            if step.entry:
                known[stage.name] = step.entry
        refuse_unknown_labels(tree, at_revision, known)
        lease(known.values())
    return Plan(revision, tuple(steps))


def _sections_of(graph: Graph) -> set[str]:
    """Sections of ``params.yaml`` that are a stage's: named as it, or a dependency as a whole."""
    keys = (key for stage in graph.stages for key in stage.params.get(PARAMS_FILE, ()))
    return {*(stage.name for stage in graph.stages), *(key for key in keys if "." not in key)}


@contextlib.contextmanager
def _of_project(where: str) -> Iterator[None]:
    """Raise what is wrong with a stage before anything has run as what it is: the project's error."""
    try:
        yield
    except RemoteError:  # the next try may reach it
        raise
    except StageError as err:
        raise ProjectError(err.what, where=f"{err.where} of {where}", fix=err.fix) from err


def _same_stages(graph: Graph, at_revision: Graph, where: str) -> Graph:
    """Return the part of the revision's graph that the run is about."""
    wrong = next(_other_stages(graph, at_revision), None)
    if wrong:
        raise ProjectError(
            wrong,
            where=where,
            fix="trigger it again once Airflow has parsed the DAG anew; if a param set for the run decides "
            "on the stages, set it in params.yaml",
        )
    return at_revision.with_upstream(tuple(stage.name for stage in graph.stages))


def _other_stages(graph: Graph, at_revision: Graph) -> Iterator[str]:
    """Say how the tasks of a run would not be the stages of its revision."""
    there = {stage.name for stage in at_revision.stages}
    for stage in graph.stages:
        if stage.name not in there:
            yield f"The revision has no stage '{stage.name}'{closest(stage.name, there)}"
            continue
        more = set(at_revision.upstream(stage.name)) - set(graph.upstream(stage.name))
        if more:
            yield f"At the revision, the stage '{stage.name}' waits for {', '.join(sorted(more))} too"


def _decide(
    tree: WorkTree, graph: Graph, stage: Stage, known: Mapping[str, LockEntry], *, force: bool
) -> Step:
    """Decide on one stage, all of whose upstream stages have been decided on."""

    def run(reason: str) -> Step:
        return Step(stage.name, "run", reason, graph.digest(stage.name))

    running = [name for name in graph.upstream(stage.name) if name not in known]
    if running:
        return run(f"after {', '.join(running)}")
    locked = tree.locked(stage)
    if stage.frozen:
        return _decide_frozen(tree, graph, stage, locked)
    if force:
        return run("forced")
    if stage.is_callback or stage.always_changed:
        return run("it always runs")
    contents = known_contents(tree, graph, stage.name, known)
    read = [*tree.to_hash(stage, contents), *stage.params]
    tree.bring(contents, needed=read, where=f"stage '{stage.name}'")
    have_ignored(tree, seen_by(graph, stage, known))
    inputs = tree.inputs(stage, contents)
    changes = list(differences(stage, locked, inputs))
    if locked and not changes:
        if tree.has(stage, locked):
            return _unchanged(graph, stage, "dvc.lock has it", locked)
        changes = ["an output that dvc.lock names is not in the cache"]
    cached = tree.run_cache.find(stage, inputs)
    if cached and tree.has(stage, cached):
        return _unchanged(graph, stage, "the run cache has it", cached)
    return run("; ".join(changes) if locked else "it has never run")


def _decide_frozen(tree: WorkTree, graph: Graph, stage: Stage, locked: LockEntry) -> Step:
    """A frozen stage is what ``dvc.lock`` says, whatever has become of its dependencies."""
    if locked and locked["cmd"] != lock_command(stage):
        raise ProjectError(
            "The stage is frozen, and dvc.lock has another command than dvc.yaml",
            where=f"stage '{stage.name}'",
            fix=f"`dvc commit {stage.name}` to keep the outputs, or `dvc unfreeze {stage.name}`",
        )
    if not locked or not tree.has(stage, locked):
        raise ProjectError(
            "The stage is frozen, and its outputs are not in the cache",
            where=f"stage '{stage.name}'",
            fix=f"`dvc pull {stage.name}`, or `dvc unfreeze {stage.name}` so that it can run",
        )
    return _unchanged(graph, stage, "it is frozen", locked)


def _unchanged(graph: Graph, stage: Stage, reason: str, entry: LockEntry) -> Step:
    return Step(stage.name, "unchanged", reason, graph.digest(stage.name), entry)
