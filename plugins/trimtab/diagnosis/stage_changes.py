"""What the differences changed: which stages ran and why, and the verdicts of gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trimtab.diagnosis.run_content import RunContent, Verdict
from trimtab.pipeline.lock import differences

StageState = Literal["ran", "failed", "not reached", "same result", "new result"]


@dataclass(frozen=True)
class StageChange:
    """A stage whose inputs, result or state differ between two runs.

    Attributes:
        stage: Its name.
        state: ``ran`` or ``failed``; ``not reached`` if an upstream stage failed; ``new result`` if it is
            not known whether this run or an earlier one made it.
        reason: What of its inputs differs.
    """

    stage: str
    state: StageState
    reason: str


@dataclass(frozen=True)
class VerdictChange:
    """The verdict of a gate that differs between two runs.

    Attributes:
        gate: The stage.
        before: The verdict of the earlier run; empty if there is none.
        after: The verdict of the run.
        failed: Names of the checks that failed in the run.
    """

    gate: str
    before: str
    after: str
    failed: tuple[str, ...]


def stage_changes(before: RunContent, after: RunContent) -> list[StageChange]:
    """Return the stages whose inputs, result or state differ, in the order of the graph."""
    changes = []
    for stage in after.graph.stages:
        old, inputs = before.entries.get(stage.name, {}), after.inputs.get(stage.name)
        entry, ran = after.entries.get(stage.name), after.run.ran.get(stage.name)
        state: StageState = "ran" if ran else "new result"
        if stage.name in after.run.failed:
            state = "failed"
        elif entry is None:
            state = "not reached"
        elif entry.get("outs") == old.get("outs"):
            state = "ran" if ran else "same result"
        reason = "; ".join(differences(stage, old, inputs)) if inputs and old else ""
        if not old:
            reason = "the earlier run did not have it"
        if state in ("failed", "not reached", "new result") or reason or ran:
            changes.append(StageChange(stage.name, state, reason))
    return changes


def verdict_changes(before: RunContent, after: RunContent) -> list[VerdictChange]:
    """Return the gates whose verdict or failed checks differ."""
    none = Verdict("", ())
    return [
        VerdictChange(gate, before.verdicts.get(gate, none).verdict, found.verdict, found.failed)
        for gate, found in after.verdicts.items()
        if before.verdicts.get(gate) != found
    ]
