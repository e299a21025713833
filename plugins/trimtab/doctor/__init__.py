"""The doctor: checks of a machine's environment, one line each, with what to do."""

from __future__ import annotations

from trimtab.doctor.checkup import Check, examine, exit_code, findings_to_dict, machine_checks, show_findings
from trimtab.doctor.finding import EXIT_CODES, XCOM_KEY, Finding, Status, parse_findings

__all__ = [
    "EXIT_CODES",
    "XCOM_KEY",
    "Check",
    "Finding",
    "Status",
    "examine",
    "exit_code",
    "findings_to_dict",
    "machine_checks",
    "parse_findings",
    "show_findings",
]
