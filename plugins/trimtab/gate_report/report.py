"""What a gate found, and the files it leaves behind.

The verdict is one of four words:

=========  ==================================================================================
``pass``   every check held, or only ``info`` ones did not
``warn``   a ``warning`` check did not hold; the pipeline goes on
``fail``   what was checked is wrong: a ``critical`` check did not hold, or the data cannot be right
``error``  the gate could not do its work: nothing to read, or a crash on the way
=========  ==================================================================================

The files are outputs of a DVC stage, so nothing in them changes from run to run or from machine to machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from trimtab.errors import GateError, TrimtabError
from trimtab.gate_report.check import Check
from trimtab.value_format import arguments, plain, text

SCHEMA = "trimtab.gate-report/1"
REPORT, METRICS, PAGE, DATA_DOCS = "report.json", "metrics.json", "report.html", "data_docs.html"
SHOWN_IN_SUMMARY = 10

Verdict = Literal["pass", "warn", "fail", "error"]


@dataclass(frozen=True, slots=True)
class Quarantine:
    """How a table was divided.

    Attributes:
        rows: Rows put aside.
        passed: Rows that go on.
        max_share: Share of the rows that may be put aside.
    """

    rows: int
    passed: int
    max_share: float

    def headline(self) -> str:
        """Return it in one line."""
        total = self.rows + self.passed
        return (
            f"{self.rows:,} of {total:,} rows, {self.rows / total:.2%}, at most {self.max_share:.2%} may be"
        )


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a gate found.

    Attributes:
        gate: What kind of gate it was.
        name: The suite's name, or the params section of a model gate.
        verdict: See the top of this module.
        declared: How many checks were asked for.
        checks: Those that were evaluated, in the order they were declared.
        rows: Rows of the table; none for a model gate that looked at metrics only.
        problem: Why nothing could be checked, if so; or what became of rows that were to be put aside.
        quarantine: How the table was divided, if it was.
        out: The folder of the report's files.
        remarks: What differs from run to run, such as seconds: in the summary, never in the files.
        data_docs: Great Expectations' own page beside the report, if it was asked for.
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
        """How many checks were declared and not seen to hold."""
        return self.declared - sum(check.passed for check in self.checks)

    @property
    def passed(self) -> bool:
        """Whether the pipeline may go on."""
        return self.verdict in ("pass", "warn")

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that did not hold, the most severe first."""
        rank = {"critical": 0, "warning": 1, "info": 2}
        return tuple(sorted((c for c in self.checks if not c.passed), key=lambda check: rank[check.severity]))

    def headline(self) -> str:
        """Return the outcome in one line, without the verdict."""
        rows = f" on {self.rows:,} rows" if self.rows is not None else ""
        if self.problem and not self.checks:
            return f"none of {self.declared} checks could be made{rows}"
        if not self.failed:
            return f"all {self.declared} checks held{rows}"
        return f"{self.failed} of {self.declared} checks failed{rows}"

    def summary(self) -> str:
        """Return the outcome as text: the verdict, the first ten failures, where the rest is."""
        lines = [f"{self.gate} gate '{self.name}': {self.verdict.upper()}, {self.headline()}"]
        lines += [f"  {line}" for line in self.problem.splitlines()]
        for check in self.failures[:SHOWN_IN_SUMMARY]:
            lines += _describe(check)
        if len(self.failures) > SHOWN_IN_SUMMARY:
            lines.append(f"  … and {len(self.failures) - SHOWN_IN_SUMMARY} more, in the report")
        lines += [f"  {remark}" for remark in self.remarks]
        return "\n".join([*lines, f"  report: {self.out / PAGE}"])

    def write(self, page: str | None = None) -> None:
        """Write ``report.json``, ``metrics.json`` and ``report.html`` into :attr:`out`.

        Args:
            page: The page, where a gate has one of its own.
        """
        from trimtab.html_report import render

        figures = {
            "declared": self.declared,
            "evaluated": self.evaluated,
            "failed": self.failed,
            "rows": self.rows,
            "quarantined": self.quarantine.rows if self.quarantine else None,
        }
        content = {
            "schema": SCHEMA,
            "gate": self.gate,
            "name": self.name,
            "verdict": self.verdict,
            **{name: figures[name] for name in ("declared", "evaluated", "failed", "rows")},
            "problem": self.problem,
            "quarantine": asdict(self.quarantine) if self.quarantine else None,
            "checks": [_plain_check(check) for check in self.checks],
        }
        if page is None:
            page = render("gate_report/report.html.j2", report=self, text=text, arguments=arguments)
        _write_json(self.out / METRICS, {key: value for key, value in figures.items() if value is not None})
        _write_json(self.out / REPORT, content)
        (self.out / PAGE).write_text(page, encoding="utf-8")


def judge(declared: int, checks: Sequence[Check]) -> Verdict:
    """Return the verdict that the checks give; anything not evaluated is an error, never a pass."""
    broken = {check.severity for check in checks if not check.passed}
    if len(checks) != declared or not declared:
        return "error"
    if "critical" in broken:
        return "fail"
    return "warn" if "warning" in broken else "pass"


def clear(out: Path) -> None:
    """Make the folder of a report and remove an earlier one, so that no old verdict outlives a crash.

    Raises:
        GateError: The folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in (REPORT, METRICS, PAGE, DATA_DOCS):
            (out / name).unlink(missing_ok=True)
    except OSError as err:
        raise GateError("The report's folder cannot be written", where=str(out), fix=str(err)) from err


@contextmanager
def report_on_crash(blank: GateReport, *, hide_values: bool = False) -> Iterator[None]:
    """Leave a report with verdict ``error`` if the work inside crashes.

    Args:
        blank: The report to fill in.
        hide_values: Whether the exception's words are withheld: they may hold values of the data.

    Raises:
        GateError: Whatever it was that crashed; an error of the library's own passes as it is.
    """
    try:
        yield
    except TrimtabError:
        raise
    except Exception as err:
        words = "its message is withheld, there are sensitive columns" if hide_values else err
        crash = f"The gate crashed: {type(err).__name__}: {words}"
        with suppress(OSError):  # a full disk is told by the exception
            replace(blank, verdict="error", problem=crash).write()
        told = GateError(
            crash,
            where=f"{blank.gate} gate '{blank.name}'; report: {blank.out / PAGE}",
            fix="this says nothing about the data or the model: mend the cause and run the gate again",
        )
        if hide_values:
            raise told from None
        raise told from err


def _describe(check: Check) -> list[str]:
    lines = [f"  {check.severity}: {check.name}" + (f" of {check.column}" if check.column else "")]
    told = {
        "expected": arguments(check.expected),
        "found": check.finding(),
        "files": ", ".join(check.files)
        if len(check.files) <= SHOWN_IN_SUMMARY
        else f"{len(check.files)} of them",
        "examples": ", ".join(text(example) for example in check.examples),
        "notes": check.notes,
    }
    return lines + [f"    {label}: {' '.join(value.splitlines())}" for label, value in told.items() if value]


def _plain_check(check: Check) -> dict[str, Any]:
    return {key: value for key, value in asdict(check).items() if key != "plot"}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(plain(content), indent=2, allow_nan=False) + "\n", encoding="utf-8")
