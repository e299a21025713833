"""The report of a gate, one format for data and models."""

from __future__ import annotations

from trimtab.gates.report.check import Check, Part, Severity
from trimtab.gates.report.column_plot import plot
from trimtab.gates.report.json_values import arguments, plain, text
from trimtab.gates.report.report import (
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
    "arguments",
    "clear",
    "judge",
    "plain",
    "plot",
    "report_on_crash",
    "text",
]
