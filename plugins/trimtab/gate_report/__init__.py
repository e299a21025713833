"""The report of a gate, one format for data and models."""

from __future__ import annotations

from trimtab.gate_report.check import Check, Part, Severity
from trimtab.gate_report.report import (
    DATA_DOCS,
    GateReport,
    Quarantine,
    Verdict,
    clear,
    judge,
    report_on_crash,
)

__all__ = [
    "DATA_DOCS",
    "Check",
    "GateReport",
    "Part",
    "Quarantine",
    "Severity",
    "Verdict",
    "clear",
    "judge",
    "report_on_crash",
]
