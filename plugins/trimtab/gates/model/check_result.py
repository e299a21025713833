"""Builds the check of a report from a declared check and an estimate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from trimtab.gate_report import Check, CheckPart
from trimtab.gates.model.declared_check import DeclaredCheck
from trimtab.learning import Estimate

SHOWN_ELSEWHERE = {"type", "metric", "column", "severity", "notes"}


def make_check(declared: DeclaredCheck, name: str, passed: bool, **found: Any) -> Check:
    """Return the check of the report.

    Args:
        declared: The declared check.
        name: Its name in the report.
        passed: Whether it passed.
        found: Other fields of :class:`Check`.
    """
    arguments = declared.model_dump(exclude_none=True, exclude_defaults=True)
    expected = {key: value for key, value in arguments.items() if key not in SHOWN_ELSEWHERE}
    return Check(name, passed, severity=declared.severity, expected=expected, notes=declared.notes, **found)


def unmet_bounds(
    found: Estimate,
    *,
    point: bool,
    least: float | None = None,
    most: float | None = None,
    undefined: str = "the rows hold one class only",
    scarce: str = "there are too few rows of the rarer class",
) -> Iterator[str]:
    """Yield a message for each bound that is not met.

    Args:
        found: The estimate. An undefined figure meets no bound, nor does one without an interval.
        point: Compare the figure itself with the bounds, not its interval.
        least: The lower bound.
        most: The upper bound.
        undefined: Why the figure can be undefined, as a clause.
        scarce: Why the figure of a resample can be undefined although that of all rows is not, likewise.
    """
    if not isfinite(found.value):
        yield f"it is undefined: {undefined}"
        return
    if not point and found.interval is None:
        yield f"it has no interval: {scarce}"
        return
    low, high = (found.value, found.value) if point else (found.low, found.high)
    if least is not None and low < least:
        yield f"below {least:g}" if found.value < least else f"not surely {least:g} or more"
    if most is not None and high > most:
        yield f"above {most:g}" if found.value > most else f"not surely {most:g} or less"


def estimate_check(
    declared: DeclaredCheck, name: str, found: Estimate, problems: Sequence[str], **more: Any
) -> Check:
    """Return the check of an estimate. It passes if there are no problems; they come first in its detail."""
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
    """Return one of several figures of a check."""
    return CheckPart(name, found.value if isfinite(found.value) else None, found.interval, rows, passed)
