"""Plan a run: decide from hashes which stages must run, before any worker starts."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict

from trimtab.errors import ProjectError, RemoteError, StageError, closest
from trimtab.params_file import PARAMS_FILE
from trimtab.pipeline.cache import open_leases
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution.declared_columns import refuse_contradictions, refuse_unknown_columns
from trimtab.pipeline.execution.stage_execution import upstream_contents
from trimtab.pipeline.execution.stage_sandbox import graph_in, sandbox
from trimtab.pipeline.git import Revision, RevisionDict
from trimtab.pipeline.graph import (
    Graph,
    Stage,
    check_candidates,
    check_environment_locks,
    check_environments,
    check_gates,
    declared_problem_type,
    refuse_unsupported,
    require_code_dependencies,
)
from trimtab.pipeline.lock import LockEntry, differences, has_legacy_outputs, lock_command
from trimtab.pipeline.worktree import (
    WorkTree,
    git_tracked_outputs,
    gitignored_in_dependencies,
    refuse_changed_imports,
    refuse_edited_data,
    refuse_git_tracked_outputs,
    update_gitignore,
)

StepState = Literal["run", "unchanged"]
IN_RUN_CACHE = "the run cache has it"  # reason of a step


class StepDict(TypedDict):
    """A :class:`PlanStep` in JSON, without its lock entry."""

    stage: str
    state: StepState
    reason: str
    digest: str


class PlanDict(TypedDict):
    """A :class:`Plan` in JSON: the XCom of the plan's task, and the output of ``trimtab plan --json``."""

    revision: RevisionDict
    steps: list[StepDict]


class PlanTotals(TypedDict):
    """The number of stages of a :class:`Plan` in each state."""

    run: int
    restore: int
    unchanged: int


@dataclass(frozen=True)
class PlanStep:
    """The plan's decision on one stage.

    Attributes:
        stage: The stage's name.
        state: ``run``; or ``unchanged``, if its result is known and its outputs are in the cache.
        reason: Reason for the state, for a person.
        digest: :meth:`Graph.digest` of the stage at the pinned revision.
        entry: The lock entry of an unchanged stage.
    """

    stage: str
    state: StepState
    reason: str
    digest: str = ""
    entry: LockEntry | None = None


@dataclass(frozen=True)
class Plan:
    """The steps of a run, in the order of the graph."""

    revision: Revision
    steps: tuple[PlanStep, ...] = field(default_factory=tuple)

    @property
    def unchanged(self) -> dict[str, LockEntry]:
        """Lock entries of the unchanged stages, by name."""
        return {step.stage: step.entry for step in self.steps if step.entry is not None}

    @property
    def totals(self) -> PlanTotals:
        """The number of stages in each state; those to restore have their outputs in the run cache."""
        to_run = sum(step.state == "run" for step in self.steps)
        to_restore = sum(step.reason == IN_RUN_CACHE for step in self.steps)
        return {"run": to_run, "restore": to_restore, "unchanged": len(self.steps) - to_run - to_restore}

    def trained_models(self, graph: Graph) -> list[str]:
        """Return the models that a stage to run writes, by the artifacts of the graph."""
        running = {step.stage for step in self.steps if step.state == "run"}
        outputs = {out.path for stage in graph.stages if stage.name in running for out in stage.outs}
        return sorted(
            {each.name for each in graph.artifacts if each.type == "model" and each.path in outputs}
        )

    def to_dict(self) -> PlanDict:
        """Serialize the plan for JSON, without the lock entries."""
        steps: list[StepDict] = [
            {"stage": step.stage, "state": step.state, "reason": step.reason, "digest": step.digest}
            for step in self.steps
        ]
        return {"revision": self.revision.to_dict(), "steps": steps}

    def only(self, names: Collection[str]) -> Plan:
        """Return the plan of some stages only."""
        return Plan(self.revision, tuple(step for step in self.steps if step.stage in names))

    @classmethod
    def from_dict(cls, values: PlanDict, entries: Mapping[str, LockEntry] | None = None) -> Plan:
        """Deserialize a plan.

        Args:
            values: From :meth:`to_dict`.
            entries: Lock entries of the unchanged stages, by name.
        """
        steps = (PlanStep(**step, entry=(entries or {}).get(step["stage"])) for step in values["steps"])
        return cls(Revision(**values["revision"]), tuple(steps))


def make_plan(
    root: Path,
    revision: Revision,
    graph: Graph,
    *,
    force: Collection[str] = (),
    allow_missing: bool = False,
) -> Plan:
    """Decide on each stage, in the order of the graph.

    A stage is unchanged if a lock entry has its command, its params and the hashes of its dependencies, and
    the outputs of that entry are in the cache or the remote. The lock entry is that of ``dvc.lock`` at the
    revision, or one of the run cache. The hashes of the outputs are then known, so downstream stages are
    decided on without reading a file.

    Args:
        root: The project's root.
        revision: The pinned revision.
        graph: The stages to plan.
        force: Stages that run even if they are unchanged.
        allow_missing: Whether a stage may be unchanged although its outputs are neither in the cache nor in
            the remote, as with `dvc repro --allow-missing`. Such a plan says what has changed; it cannot run.

    Raises:
        ConfigError: A section of ``params.yaml`` that the library reads is not valid.
        ProjectError: The revision lacks a dependency or a param of a stage; the revision, with the params set
            for the run, has other stages than the graph; a declared column does not exist, or two
            declarations of it differ.
    """
    from trimtab.params_sections import (
        check_sections,  # it needs pydantic, which a run in a checkout does not
    )

    known: dict[str, LockEntry] = {}
    steps: list[PlanStep] = []
    where = f"{root} at {revision.sha[:12]}"
    with (
        sandbox(root, revision) as tree,
        open_leases(tree.home) as write_leases,
        refusals(ProjectError, where=where),
    ):
        full_graph = graph_in(tree)
        check_sections(tree.root, _sections_of(full_graph), declared_problem_type(full_graph))
        at_revision = _same_stages(graph, full_graph, where)
        check_gates(at_revision)
        check_environments(at_revision)
        check_candidates(at_revision)
        require_code_dependencies(tree.root, at_revision)
        check_environment_locks(tree.root, at_revision)
        refuse_unsupported(at_revision, root)
        refuse_edited_data(root, tree, at_revision)
        refuse_changed_imports(root, tree, at_revision)
        tracked = git_tracked_outputs(tree, at_revision.stages)
        for stage in at_revision.stages:
            with _as_project_error(where), refusals(ProjectError, where=f"stage '{stage.name}' of {where}"):
                step = _decide(
                    tree,
                    at_revision,
                    stage,
                    known,
                    force=stage.name in force,
                    allow_missing=allow_missing,
                )
                if not step.entry:
                    refuse_git_tracked_outputs(stage, tracked)
            steps.append(step)
            if step.entry:
                known[stage.name] = step.entry
        refuse_contradictions(tree, at_revision)
        refuse_unknown_columns(tree, at_revision, known)
        write_leases(known.values())
    return Plan(revision, tuple(steps))


def _sections_of(graph: Graph) -> set[str]:
    """Return the sections of ``params.yaml`` that stages use: by their name, or as a whole in ``params``."""
    keys = (key for stage in graph.stages for key in stage.params.get(PARAMS_FILE, ()))
    return {*(stage.name for stage in graph.stages), *(key for key in keys if "." not in key)}


@contextlib.contextmanager
def _as_project_error(where: str) -> Iterator[None]:
    """Raise a stage's error as a project's error: nothing has run, and a retry would fail too."""
    try:
        yield
    except RemoteError:  # a retry may reach it
        raise
    except StageError as err:
        raise ProjectError(err.what, where=f"{err.where} of {where}", fix=err.fix) from err


def _same_stages(graph: Graph, at_revision: Graph, where: str) -> Graph:
    """Return the stages of the run, as the revision's graph has them."""
    difference = next(_stage_differences(graph, at_revision), None)
    if difference:
        raise ProjectError(
            difference,
            where=where,
            fix="trigger it again once Airflow has parsed the DAG anew; if a param set for the run decides "
            "on the stages, set it in params.yaml",
        )
    return at_revision.with_upstream(tuple(stage.name for stage in graph.stages))


def _stage_differences(graph: Graph, at_revision: Graph) -> Iterator[str]:
    """Yield messages on stages of a run that its revision does not have in this form."""
    at_revision_names = {stage.name for stage in at_revision.stages}
    for stage in graph.stages:
        if stage.name not in at_revision_names:
            yield f"The revision has no stage '{stage.name}'{closest(stage.name, at_revision_names)}"
            continue
        more = set(at_revision.upstream(stage.name)) - set(graph.upstream(stage.name))
        if more:
            yield f"At the revision, the stage '{stage.name}' waits for {', '.join(sorted(more))} too"


def _decide(
    tree: WorkTree,
    graph: Graph,
    stage: Stage,
    known: Mapping[str, LockEntry],
    *,
    force: bool,
    allow_missing: bool,
) -> PlanStep:
    """Decide on one stage, after all its upstream stages."""

    def run(reason: str) -> PlanStep:
        return PlanStep(stage.name, "run", reason, graph.digest(stage.name))

    running = [name for name in graph.upstream(stage.name) if name not in known]
    if running:
        return run(f"after {', '.join(running)}")
    locked = tree.locked(stage)
    if stage.frozen:
        return _decide_frozen(tree, graph, stage, locked, allow_missing=allow_missing)
    if force:
        return run("forced")
    if stage.is_callback or stage.always_changed:
        return run("it always runs")
    contents = upstream_contents(tree, graph, stage.name, known)
    read = [*tree.dependencies_to_hash(stage, contents), *stage.params]
    tree.check_out(contents, needed=read, where=f"stage '{stage.name}'")
    update_gitignore(tree, gitignored_in_dependencies(graph, stage, known))
    inputs = tree.current_inputs(stage, contents)
    changes = list(differences(stage, locked, inputs))
    if locked and not changes:
        if allow_missing or tree.has_outputs(stage, locked):
            return _unchanged(graph, stage, "dvc.lock has it", locked)
        changes = ["an output that dvc.lock names is not in the cache"]
    cached = tree.run_cache.find(stage, inputs)
    if cached and tree.has_outputs(stage, cached):
        if has_legacy_outputs(cached):
            return run(f"{IN_RUN_CACHE}, as DVC 2 hashed it")
        return _unchanged(graph, stage, IN_RUN_CACHE, cached)
    return run("; ".join(changes) if locked else "it has never run")


def _decide_frozen(
    tree: WorkTree, graph: Graph, stage: Stage, locked: LockEntry, *, allow_missing: bool
) -> PlanStep:
    """Decide on a frozen stage: its lock entry applies, even if its dependencies have changed."""
    if locked and locked["cmd"] != lock_command(stage):
        raise ProjectError(
            "The stage is frozen, and dvc.lock has another command than dvc.yaml",
            where=f"stage '{stage.name}'",
            fix=f"`dvc commit {stage.name}` to keep the outputs, or `dvc unfreeze {stage.name}`",
        )
    if not locked or not (allow_missing or tree.has_outputs(stage, locked)):
        raise ProjectError(
            "The stage is frozen, and its outputs are not in the cache",
            where=f"stage '{stage.name}'",
            fix=f"`dvc pull {stage.name}`, or `dvc unfreeze {stage.name}` so that it can run",
        )
    return _unchanged(graph, stage, "it is frozen", locked)


def _unchanged(graph: Graph, stage: Stage, reason: str, entry: LockEntry) -> PlanStep:
    return PlanStep(stage.name, "unchanged", reason, graph.digest(stage.name), entry)
