"""The report of a gate: its verdict, its checks, and a summary for the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trimtab.gate_report.check import Check
from trimtab.gate_report.verdict import PASSING, SEVERITIES, Verdict
from trimtab.value_format import format_arguments, format_value

PAGE = "report.html"
SHOWN_IN_SUMMARY = 10


@dataclass(frozen=True, slots=True)
class Quarantine:
    """How a table was split into good rows and quarantined rows.

    Attributes:
        rows: Quarantined rows.
        passed: Rows that go on.
        max_share: The largest share of rows that may be quarantined.
    """

    rows: int
    passed: int
    max_share: float

    def headline(self) -> str:
        """Return the numbers as one line of text."""
        total = self.rows + self.passed
        share = f"{self.rows / total:.2%}"
        return f"{self.rows:,} of {total:,} rows, {share}; the limit is {self.max_share:.2%}"


@dataclass(frozen=True, slots=True)
class GateReport:
    """The result of a gate.

    Attributes:
        gate: The kind of gate.
        name: The name of the suite, or the params section of a model gate.
        verdict: ``pass``, ``warn``, ``fail`` or ``error``. With one of the first two, the pipeline goes on.
        declared: How many checks were declared.
        out: The folder of the report's files.
        checks: The checks that were evaluated, in the order of their declaration.
        rows: Rows of the table; None for a model gate that checks metrics only.
        problem: Why nothing could be checked, or what happened to rows that were to be quarantined.
        quarantine: How the table was split, if it was.
        remarks: What differs from run to run, such as seconds: in the summary, never in the files.
        data_docs: The file name of Great Expectations' Data Docs, if they were asked for.
    """

    gate: Literal["data", "model"]
    name: str
    verdict: Verdict
    declared: int
    out: Path
    checks: tuple[Check, ...] = ()
    rows: int | None = None
    problem: str = ""
    quarantine: Quarantine | None = None
    remarks: tuple[str, ...] = ()
    data_docs: str = ""

    @property
    def evaluated(self) -> int:
        """How many checks were evaluated."""
        return len(self.checks)

    @property
    def failed(self) -> int:
        """How many declared checks failed or were not evaluated."""
        return self.declared - sum(check.passed for check in self.checks)

    @property
    def passed(self) -> bool:
        """Whether the pipeline may go on."""
        return self.verdict in PASSING

    @property
    def failures(self) -> tuple[Check, ...]:
        """The failed checks, the most severe first."""
        failed = (check for check in self.checks if not check.passed)
        return tuple(sorted(failed, key=lambda check: SEVERITIES.index(check.severity)))

    def headline(self) -> str:
        """Return the numbers of checks as one line of text, without the verdict."""
        rows = f" on {self.rows:,} rows" if self.rows is not None else ""
        if self.problem and not self.checks:
            return f"none of {self.declared} checks could be evaluated{rows}"
        if not self.failed:
            return f"all {self.declared} checks passed{rows}"
        return f"{self.failed} of {self.declared} checks failed{rows}"

    def summary(self) -> str:
        """Return the report as text: the verdict, the first ten failures, and where the page is."""
        lines = [f"{self.gate} gate '{self.name}': {self.verdict.upper()}, {self.headline()}"]
        lines += [f"  {line}" for line in self.problem.splitlines()]
        for check in self.failures[:SHOWN_IN_SUMMARY]:
            lines += _summary_of(check)
        if len(self.failures) > SHOWN_IN_SUMMARY:
            lines.append(f"  … and {len(self.failures) - SHOWN_IN_SUMMARY} more, in the report")
        lines += [f"  {remark}" for remark in self.remarks]
        return "\n".join([*lines, f"  report: {self.out / PAGE}"])


def _summary_of(check: Check) -> list[str]:
    few = len(check.files) <= SHOWN_IN_SUMMARY
    facts = {
        "expected": format_arguments(check.expected),
        "found": check.result_text(),
        "files": ", ".join(check.files) if few else f"{len(check.files)} files",
        "examples": ", ".join(map(format_value, check.examples)),
        "notes": check.notes,
    }
    title = f"  {check.severity}: {check.name}" + (f" of {check.column}" if check.column else "")
    return [title, *(f"    {label}: {' '.join(fact.splitlines())}" for label, fact in facts.items() if fact)]
