"""A plan as a comment on a change, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trimtab.escaping import markdown

if TYPE_CHECKING:
    from trimtab.pipeline.execution import Plan


def plan_comment(plan: Plan, name: str, models: Sequence[str]) -> str:
    """Return a plan as Markdown: how many stages run, and why each does.

    Args:
        plan: The plan.
        name: The name of the pipeline's folder.
        models: The models that a stage to run writes.
    """
    running = [step for step in plan.steps if step.state == "run"]
    heading = f"### Plan of {markdown(name)}: {len(running)} of {len(plan.steps)} stages run\n"
    if not plan.steps:
        return heading
    rows = [f"| {markdown(step.stage)} | {step.state} | {markdown(step.reason)} |" for step in plan.steps]
    written = [f"Models to train: {', '.join(map(markdown, models))}\n"] if models else []
    return "\n".join([heading, *written, "| stage | state | reason |", "|---|---|---|", *rows, ""])
