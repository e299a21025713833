"""The report of a gate: verdict, checks, files and exit codes, the same for data gates and model gates."""

from __future__ import annotations

from trimtab.gate_report.check import Check, CheckPart
from trimtab.gate_report.exit_codes import EXIT_CODES, EXIT_ERROR, EXIT_FAIL, EXIT_USAGE
from trimtab.gate_report.report import PAGE, GateReport, Quarantine
from trimtab.gate_report.report_files import (
    DATA_DOCS,
    REPORT,
    SCHEMA,
    CheckContent,
    ReportContent,
    clear_report_folder,
    is_gate_report,
    parse_report,
    write_report,
    write_report_on_crash,
)
from trimtab.gate_report.verdict import PASSING, Severity, Verdict, verdict_of, worst

__all__ = [
    "DATA_DOCS",
    "EXIT_CODES",
    "EXIT_ERROR",
    "EXIT_FAIL",
    "EXIT_USAGE",
    "PAGE",
    "PASSING",
    "REPORT",
    "SCHEMA",
    "Check",
    "CheckContent",
    "CheckPart",
    "GateReport",
    "Quarantine",
    "ReportContent",
    "Severity",
    "Verdict",
    "clear_report_folder",
    "is_gate_report",
    "parse_report",
    "verdict_of",
    "worst",
    "write_report",
    "write_report_on_crash",
]
