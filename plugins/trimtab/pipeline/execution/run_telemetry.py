"""What telemetry records of runs and stages: spans, durations, states, and the verdicts of gates."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

from trimtab.errors import TrimtabError
from trimtab.pipeline.execution.gate_reports import read_workspace_report
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.worktree import WorkTree
from trimtab.telemetry import Timing, enter_run, instruments, is_on, record, span


@contextlib.contextmanager
def observe_run(pipeline: str) -> Iterator[None]:
    """Trace a run of a checkout, and record how long it took.

    Args:
        pipeline: The name of the project's folder.
    """
    enter_run(pipeline, f"local/{uuid.uuid4()}")
    timing = Timing()
    try:
        with span(f"run {pipeline}") as timing:
            yield
    finally:
        outcome = {instruments.OUTCOME: "failed" if timing.error else "success"}
        record(instruments.RUN_DURATION, timing.seconds, outcome)


@contextlib.contextmanager
def observe_stage(stage: str, *, revision: str = "") -> Iterator[Timing]:
    """Trace a stage, and record how long it took.

    Args:
        stage: The stage, in DVC's addressing.
        revision: The commit that it runs at; empty in a checkout.

    Yields:
        The timing; the block sets the stage's state in its attributes.
    """
    about = {instruments.STAGE: stage, instruments.REVISION: revision}
    timing = Timing()
    try:
        with span(f"stage {stage}", about) as timing:
            try:
                yield timing
            except BaseException:
                timing.attributes[instruments.STATE] = "failed"
                raise
    finally:
        state = {instruments.STATE: timing.attributes.get(instruments.STATE, "")}
        record(instruments.STAGES, 1, state)
        record(
            instruments.STAGE_DURATION,
            timing.seconds,
            {**state, instruments.STAGE: stage, instruments.ERROR: timing.error},
        )


def record_verdict(tree: WorkTree, stage: Stage, *, failed: bool) -> None:
    """Record the verdict of a gate whose commands have ended.

    Args:
        tree: The checkout in which they ran.
        stage: The stage; nothing is recorded if it is no gate.
        failed: Whether its commands failed. Without a report that says ``fail``, that is an ``error``.
    """
    if not stage.gate or not is_on():
        return
    reported = _reported_verdict(tree, stage)
    verdict = ("fail" if reported == "fail" else "error") if failed else reported or "pass"
    record(
        instruments.GATE_VERDICTS,
        1,
        {
            instruments.STAGE: stage.name,
            instruments.GATE: stage.gate,
            instruments.VERDICT: verdict,
        },
    )


def _reported_verdict(tree: WorkTree, stage: Stage) -> str:
    """Return the verdict of the report in the checkout; empty if there is none that can be read."""
    from trimtab.gate_report import parse_report

    try:
        text = read_workspace_report(tree.root, stage)
        return (parse_report(text).get("verdict") if text else None) or ""
    except (TrimtabError, OSError):  # whoever runs the gate reports that
        return ""
