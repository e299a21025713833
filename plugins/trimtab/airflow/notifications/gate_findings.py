"""The findings of a gate's report in a few lines, for an alert and for the error of the gate's task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trimtab.gate_report import CheckContent, ReportContent

LONGEST = 300  # characters of a note
SHOWN = 10  # checks
_RANKS = {"critical": 0, "warning": 1, "info": 2}


def gate_findings(report: ReportContent) -> str:
    """Return the failed checks of a report, without examples: an alert holds no rows of the data.

    Args:
        report: What ``report.json`` holds; empty gives an empty text.
    """
    if not report:
        return ""
    failed = [check for check in report.get("checks", []) if not check.get("passed")]
    failed.sort(key=lambda check: _RANKS.get(check.get("severity", ""), 0))
    count = f"{report.get('failed')} of {report.get('declared')} checks failed"
    lines = [count, *_lines(report.get("problem"))]
    for check in failed[:SHOWN]:
        lines.append(f"{check.get('severity')}: {_check(check)}")
        lines += [f"  {note}" for note in _lines(check.get("notes"))]
    if len(failed) > SHOWN:
        lines.append(f"and {len(failed) - SHOWN} more, in the report")
    return "\n".join(lines)


def check_names(report: ReportContent, *, passed: bool) -> tuple[str, ...]:
    """Return the checks of a report that passed, or that failed, each by its name and column.

    Args:
        report: What ``report.json`` holds.
        passed: Whether to return those that passed. A name of which any check failed has failed.
    """
    checks = report.get("checks", [])
    failed = dict.fromkeys(_name(check) for check in checks if not check.get("passed"))
    if not passed:
        return tuple(failed)
    return tuple(dict.fromkeys(name for check in checks if (name := _name(check)) not in failed))


def _name(check: CheckContent) -> str:
    name = str(check.get("name")) + (f" of {check['column']}" if check.get("column") else "")
    return " ".join(name.split())


def _check(check: CheckContent) -> str:
    """One check in one line: its name and column, its bounds, its counts."""
    declared = (check.get("expected") or {}).items()
    bounds = ", ".join(f"{key} {value}" for key, value in declared if not isinstance(value, list))
    name = _name(check)
    parts = [f"{name} ({bounds})" if bounds else name]
    if check.get("unexpected") and check.get("rows"):
        parts.append(f"{check['unexpected']:,} of {check['rows']:,} rows")
    if isinstance(check.get("observed"), int | float):
        parts.append(f"observed {check['observed']:.6g}")
    return "; ".join([*parts, *_lines(check.get("detail"))])


def _lines(text: str | None) -> list[str]:
    """A text as a list of one line; an empty list for an empty text."""
    line = " ".join(str(text or "").split())
    return [line if len(line) <= LONGEST else f"{line[:LONGEST]} …"] if line else []
