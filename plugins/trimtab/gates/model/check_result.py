"""From a declared check and what was measured to a line of the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from trimtab.gate_report import Check, CheckPart
from trimtab.gates.model.declared_check import DeclaredCheck
from trimtab.resampling import Estimate

SAID_ELSEWHERE = {"type", "metric", "column", "severity", "notes"}


def make_check(declared: DeclaredCheck, name: str, passed: bool, **found: Any) -> Check:
    """Return the report's line for a check.

    Args:
        declared: What was declared.
        name: What the report calls it.
        passed: Whether it was seen to hold.
        found: What else :class:`Check` tells.
    """
    said = declared.model_dump(exclude_none=True, exclude_defaults=True)
    expected = {key: value for key, value in said.items() if key not in SAID_ELSEWHERE}
    return Check(name, passed, severity=declared.severity, expected=expected, notes=declared.notes, **found)


def unmet_bounds(
    found: Estimate, *, point: bool, least: float | None = None, most: float | None = None
) -> Iterator[str]:
    """Yield which bounds are not met, in words.

    Args:
        found: What was measured. A figure that is undefined, or has no interval, meets no bound.
        point: Whether the figure itself is judged, and not its interval.
        least: The lower bound.
        most: The upper bound.
    """
    if not isfinite(found.value):
        yield "it is undefined: the rows hold one class only"
        return
    if not point and found.interval is None:
        yield "it has no interval: there are too few rows of the rarer class"
        return
    low, high = (found.value, found.value) if point else (found.low, found.high)
    if least is not None and low < least:
        yield f"below {least:g}" if found.value < least else f"not surely {least:g} or more"
    if most is not None and high > most:
        yield f"above {most:g}" if found.value > most else f"not surely {most:g} or less"


def estimate_check(
    declared: DeclaredCheck, name: str, found: Estimate, problems: Sequence[str], **more: Any
) -> Check:
    """Return the report's line for a figure and what is wrong with it; ``detail`` follows the problems."""
    detail = "; ".join(filter(None, [*problems, more.pop("detail", "")]))
    return make_check(
        declared,
        name,
        not problems,
        observed=found.value if isfinite(found.value) else None,
        interval=found.interval,
        detail=detail,
        **more,
    )


def make_part(name: str, found: Estimate, *, rows: int, passed: bool) -> CheckPart:
    """Return one of several figures behind a check."""
    return CheckPart(name, found.value if isfinite(found.value) else None, found.interval, rows, passed)
