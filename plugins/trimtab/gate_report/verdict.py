"""The verdict of a gate: one of four words, the same in files, pages, alerts and on the terminal.

=========  ==================================================================================
``pass``   every check passed, or only ``info`` checks failed
``warn``   a ``warning`` check failed; the pipeline goes on
``fail``   a ``critical`` check failed, or the data was read and cannot be right
``error``  the gate could not decide: an input cannot be read, or the gate crashed
=========  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from trimtab.gate_report.check import Check

Verdict = Literal["pass", "warn", "fail", "error"]
Severity = Literal["critical", "warning", "info"]

VERDICTS: tuple[Verdict, ...] = ("pass", "warn", "fail", "error")  # the best first
PASSING: tuple[Verdict, ...] = ("pass", "warn")  # the pipeline goes on
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")  # the most severe first


def verdict_of(checks: Iterable[Check], *, declared: int) -> Verdict:
    """Return the verdict that follows from the checks.

    Args:
        checks: The checks that were evaluated.
        declared: How many checks were declared. If one was not evaluated, the verdict is ``error``.
    """
    evaluated = tuple(checks)
    failed = {check.severity for check in evaluated if not check.passed}
    if len(evaluated) != declared or not declared:
        return "error"
    if "critical" in failed:
        return "fail"
    return "warn" if "warning" in failed else "pass"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of several verdicts."""
    return max(verdicts, key=VERDICTS.index)
