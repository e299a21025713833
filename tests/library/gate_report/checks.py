"""Checks that passed or failed."""

from __future__ import annotations

from trimtab.gate_report.check import Check

HELD = Check("held", passed=True)


def broken(severity) -> Check:
    return Check("broken", passed=False, severity=severity)
