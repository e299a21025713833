"""The stages of a pipeline with the last run over them: unchanged, ran, failed, and the reason of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from trimtab.control_room.state import State
from trimtab.pipeline.graph import group_of

StageOutcome = Literal["unchanged", "ran", "restored", "failed", "running", "waiting", "not reached"]
OUTCOME_NAMES: Mapping[StageOutcome, str] = {
    "unchanged": "unchanged",
    "ran": "ran",
    "restored": "restored from the run cache",
    "failed": "failed",
    "running": "running",
    "waiting": "waiting",
    "not reached": "not reached",
}
# States of Airflow's tasks; one that is not listed waits.
OUTCOME_OF_STATE: Mapping[str, StageOutcome] = {
    "success": "ran",
    "skipped": "unchanged",
    "failed": "failed",
    "upstream_failed": "not reached",
    "removed": "not reached",
    "running": "running",
    "up_for_retry": "failed",
}


class StageTask(State):
    """A stage as the DAG has it.

    Attributes:
        stage: The stage.
        task: Its task.
        upstream: The stages directly upstream.
        gate: Whether it is a gate.
    """

    stage: str
    task: str
    upstream: tuple[str, ...] = ()
    gate: bool = False


class StageState(State):
    """A stage in the last run.

    Attributes:
        stage: The stage.
        task: Its task, which is its anchor in the page.
        outcome: What the run did with it.
        reason: Why.
        upstream: The stages directly upstream.
        gate: Whether it is a gate.
        href: The page of its task.
    """

    stage: str
    task: str
    outcome: StageOutcome
    reason: str
    upstream: tuple[str, ...]
    gate: bool
    href: str = ""


class StageGroup(State):
    """Stages that belong together: those of a folder, or the items of one stage.

    Attributes:
        name: The folder or the stage; empty for stages that are alone.
        step: Where the first of them is in the pipeline, from 1.
        stages: The stages, in the order they run.
    """

    name: str
    step: int
    stages: tuple[StageState, ...]

    @property
    def counts(self) -> dict[StageOutcome, int]:
        """How many stages have which outcome."""
        return dict(Counter(stage.outcome for stage in self.stages))

    @property
    def title(self) -> str:
        """The name of the group, or of its only stage."""
        return self.name or self.stages[0].stage


def build_groups(
    stages: Sequence[StageTask],
    reasons: Mapping[str, str],
    states: Mapping[str, str],
    restored: frozenset[str],
    pages: Mapping[str, str],
) -> tuple[StageGroup, ...]:
    """Build the groups of stages, in the order they run.

    Args:
        stages: The stages, in the order they run.
        reasons: Stage to the reason of the plan.
        states: Task to its state in Airflow.
        restored: The tasks whose result came from the run cache.
        pages: Task to its page.
    """
    steps: dict[str, int] = {}
    grouped: dict[str, list[StageState]] = {}
    first: dict[str, int] = {}
    for stage in stages:
        steps[stage.stage] = 1 + max((steps.get(name, 0) for name in stage.upstream), default=0)
        name = group_of(stage.stage)
        first.setdefault(name or stage.stage, steps[stage.stage])
        grouped.setdefault(name or stage.stage, []).append(_to_state(stage, reasons, states, restored, pages))
    return tuple(
        StageGroup(name=name if group_of(members[0].stage) else "", step=first[name], stages=tuple(members))
        for name, members in sorted(grouped.items(), key=lambda item: first[item[0]])
    )


def _to_state(
    stage: StageTask,
    reasons: Mapping[str, str],
    states: Mapping[str, str],
    restored: frozenset[str],
    pages: Mapping[str, str],
) -> StageState:
    outcome = OUTCOME_OF_STATE.get(states.get(stage.task, ""), "waiting")
    if outcome == "ran" and stage.task in restored:
        outcome = "restored"
    return StageState(
        stage=stage.stage,
        task=stage.task,
        outcome=outcome,
        reason=reasons.get(stage.stage, ""),
        upstream=stage.upstream,
        gate=stage.gate,
        href=pages.get(stage.task, ""),
    )
