"""The files of a gate report, and the contract of ``report.json``: the one place that writes and reads it.

The files are outputs of a DVC stage. The same result gives the same bytes, on any machine and in any run.

A report that is read is untrusted: a stage of a fork may have written it, or anybody who can write to the
cache. :func:`parse_report` therefore checks the type of every known key. An unknown key is ignored, so that a
later minor version may add one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

from pydantic import ConfigDict, JsonValue, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # pydantic refuses that of `typing` before Python 3.12

from trimtab.errors import GateError, TrimtabError
from trimtab.gate_report.check import Check
from trimtab.gate_report.check_matrix import build_matrix
from trimtab.gate_report.report import PAGE, GateReport
from trimtab.value_format import format_arguments, format_value, to_json_value

SCHEMA = "trimtab.gate-report/1"
REPORT, METRICS, DATA_DOCS = "report.json", "metrics.json", "data_docs.html"
SHOWN_FAILURES = 100  # with rows and plot; the page lists the others
_STRICT = ConfigDict(strict=True, extra="ignore")


@with_config(_STRICT)
class CheckPartContent(TypedDict, total=False):
    """An item of ``parts``, see :class:`trimtab.gate_report.CheckPart`."""

    name: str
    value: float | None
    interval: list[float] | None
    rows: int | None
    passed: bool


@with_config(_STRICT)
class CheckContent(TypedDict, total=False):
    """An item of ``checks``, see :class:`trimtab.gate_report.Check`."""

    name: str
    passed: bool
    severity: str
    column: str
    expected: dict[str, JsonValue]
    observed: JsonValue
    unexpected: int | None
    rows: int | None
    examples: list[JsonValue]
    detail: str
    notes: str
    tags: list[str]
    files: dict[str, int | None]
    samples: list[dict[str, JsonValue]]
    interval: list[float] | None
    parts: list[CheckPartContent]


@with_config(_STRICT)
class QuarantineContent(TypedDict, total=False):
    """The value of ``quarantine``, see :class:`trimtab.gate_report.Quarantine`."""

    rows: int
    passed: int
    max_share: float


@with_config(_STRICT)
class ReportContent(TypedDict, total=False):
    """The content of ``report.json``, schema ``trimtab.gate-report/1``.

    No key is required: a gate of a fork may write fewer. Who reads a key decides what its absence means.
    ``verdict`` is a text and not :data:`Verdict`, so that an unknown verdict can be named in an error.

    Attributes:
        schema: The name of this schema and its version.
    """

    schema: str
    gate: str
    name: str
    verdict: str | None
    declared: int
    evaluated: int | None
    failed: int
    rows: int | None
    problem: str
    quarantine: QuarantineContent | None
    checks: list[CheckContent]


_CONTENT = TypeAdapter(ReportContent)


def parse_report(text: str | bytes) -> ReportContent:
    """Parse the text of a ``report.json``.

    Raises:
        GateError: The text is not JSON, or a known key has a value of another type.
    """
    try:
        return _CONTENT.validate_json(text)
    except ValidationError as err:
        problem = err.errors(include_url=False, include_context=False, include_input=False)[0]
        key = ".".join(map(str, problem["loc"]))
        reason = f"{key}: {problem['msg']}" if key else problem["msg"]
        raise GateError(f"The gate report cannot be read: {reason}", where=REPORT) from err


def is_gate_report(text: str | bytes) -> bool:
    """Whether a text is a gate report of this schema."""
    try:
        return parse_report(text).get("schema") == SCHEMA
    except GateError:
        return False


def report_content(report: GateReport) -> ReportContent:
    """Return a report as ``report.json`` holds it."""
    content = {
        "schema": SCHEMA,
        "gate": report.gate,
        "name": report.name,
        "verdict": report.verdict,
        "declared": report.declared,
        "evaluated": report.evaluated,
        "failed": report.failed,
        "rows": report.rows,
        "problem": report.problem,
        "quarantine": asdict(report.quarantine) if report.quarantine else None,
        "checks": [_check_content(check) for check in report.checks],
    }
    return cast("ReportContent", to_json_value(content))


def write_report(report: GateReport, page: str | None = None) -> None:
    """Write ``report.json``, ``metrics.json`` and ``report.html`` into the folder of the report.

    Args:
        report: The report.
        page: The HTML page; by default the page of a data gate.
    """
    from trimtab.html_report import render

    metrics = {
        "declared": report.declared,
        "evaluated": report.evaluated,
        "failed": report.failed,
        "rows": report.rows,
        "quarantined": report.quarantine.rows if report.quarantine else None,
    }
    if page is None:
        page = render(
            "gate_report/report.html.j2",
            report=report,
            matrix=build_matrix(report.checks, report.failures),
            shown=SHOWN_FAILURES,
            format_value=format_value,
            format_arguments=format_arguments,
        )
    _write_json(report.out / METRICS, {key: value for key, value in metrics.items() if value is not None})
    _write_json(report.out / REPORT, report_content(report))
    (report.out / PAGE).write_text(page, encoding="utf-8")


def clear_report_folder(out: Path) -> None:
    """Create the folder of a report and remove an earlier report: no old verdict survives a crash.

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
def write_report_on_crash(blank: GateReport, *, hide_values: bool = False) -> Iterator[None]:
    """Write a report with the verdict ``error`` if the code inside crashes.

    Args:
        blank: The report, without checks.
        hide_values: Whether to hide the message of the exception: it may hold values of sensitive columns.

    Raises:
        GateError: The code inside has crashed. A TrimtabError is raised unchanged, without a report.
    """
    try:
        yield
    except TrimtabError:
        raise
    except Exception as err:
        message = "its message is withheld, there are sensitive columns" if hide_values else err
        crash = f"The gate crashed: {type(err).__name__}: {message}"
        with suppress(OSError):  # a full disk is reported by the exception
            write_report(replace(blank, verdict="error", problem=crash))
        error = GateError(
            crash,
            where=f"{blank.gate} gate '{blank.name}'; report: {blank.out / PAGE}",
            fix="this says nothing about the data or the model: mend the cause and run the gate again",
        )
        if hide_values:
            raise error from None
        raise error from err


def _check_content(check: Check) -> dict[str, object]:
    return {key: value for key, value in asdict(check).items() if key != "plot"}


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
