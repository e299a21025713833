"""The gates of a pipeline: verdict, failed checks, and whether a failure is new or how long it lasts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from trimtab.control_room.state import State
from trimtab.gate_report import CheckContent, ReportContent
from trimtab.json_cache import content_key
from trimtab.value_format import format_value

SHOWN = 10  # failed checks; the report has all


class FailedCheck(State):
    """A check that failed.

    Attributes:
        key: Identifies the check over runs: its name, column and arguments.
        name: Its name.
        column: Its column; empty for a table or a metric.
        severity: Its severity.
        result: What was found.
    """

    key: str
    name: str
    column: str
    severity: str
    result: str


class GateSummary(State):
    """What a report says in short; it is cached by the hash of the report.

    Attributes:
        verdict: The verdict.
        declared: How many checks were declared.
        failed: How many failed or were not evaluated.
        problem: Why nothing could be checked; empty if it could.
        failures: The checks that failed.
    """

    verdict: str
    declared: int
    failed: int
    problem: str = ""
    failures: tuple[FailedCheck, ...] = ()


class LastingFailure(State):
    """A failed check, and since when it fails.

    Attributes:
        check: The check.
        runs: In how many of the newest reports without a gap it fails.
        is_new: Whether it passed in the report before.
    """

    check: FailedCheck
    runs: int
    is_new: bool

    @property
    def trend(self) -> str:
        """Since when it fails, in words."""
        if self.is_new:
            return "new failure"
        return f"failing for {self.runs} runs" if self.runs > 1 else "failing in the only report"


class GateState(State):
    """A gate.

    Attributes:
        stage: Its stage.
        verdict: The verdict of the newest report; empty if there is no report yet.
        headline: The numbers of checks.
        failures: The first failed checks.
        more: How many more failed.
        history: The verdicts of the reports, the oldest first.
        href: The page of the newest report; empty if there is none.
    """

    stage: str
    verdict: str = ""
    headline: str = ""
    failures: tuple[LastingFailure, ...] = ()
    more: int = 0
    history: tuple[str, ...] = ()
    href: str = ""


def summarize(report: ReportContent) -> GateSummary:
    """Return what a report says in short."""
    checks = report.get("checks", [])
    failures = tuple(_to_failure(check) for check in checks if not check.get("passed", False))
    declared = report.get("declared", len(checks))
    return GateSummary(
        verdict=report.get("verdict") or "error",
        declared=declared,
        failed=report.get("failed", declared - len(checks) + len(failures)),
        problem=report.get("problem", ""),
        failures=failures,
    )


def build_gate(stage: str, reports: Sequence[GateSummary], *, href: str = "") -> GateState:
    """Build a gate from its reports.

    Args:
        stage: Its stage.
        reports: The reports of the last runs, the newest first.
        href: The page of the newest report.
    """
    if not reports:
        return GateState(stage=stage)
    newest = reports[0]
    failing = [{check.key for check in report.failures} for report in reports]
    failures = [_lasting(check, failing) for check in newest.failures[:SHOWN]]
    return GateState(
        stage=stage,
        verdict=newest.verdict,
        headline=newest.problem
        or f"{newest.declared - newest.failed:,} of {newest.declared:,} checks passed",
        failures=tuple(failures),
        more=len(newest.failures) - len(failures),
        history=tuple(report.verdict for report in reversed(reports)),
        href=href,
    )


def _lasting(check: FailedCheck, failing: Sequence[set[str]]) -> LastingFailure:
    runs = next((run for run, keys in enumerate(failing) if check.key not in keys), len(failing))
    return LastingFailure(check=check, runs=runs, is_new=runs == 1 and len(failing) > 1)


def _to_failure(check: CheckContent) -> FailedCheck:
    name, column = check.get("name", ""), check.get("column", "")
    arguments = json.dumps(check.get("expected", {}), sort_keys=True)
    unexpected, rows = check.get("unexpected"), check.get("rows")
    if check.get("detail"):
        result = check["detail"]
    elif unexpected is not None and rows is not None:
        result = f"{unexpected:,} of {rows:,} rows unexpected"
    else:
        result = f"found {format_value(check.get('observed'))}"
    return FailedCheck(
        key=content_key(json.dumps([name, column, arguments])),
        name=name,
        column=column,
        severity=check.get("severity", "critical"),
        result=result,
    )
