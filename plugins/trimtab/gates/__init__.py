"""Validation gates: expectation suites on data, declared checks on a model, one report format.

A gate fails closed: a check that was declared but not evaluated has failed.
"""

from trimtab.gate_report import Check, GateReport
from trimtab.gates.data.gate import check_data
from trimtab.gates.data.multi_suite_gate import check_suites
from trimtab.gates.model import check_model

__all__ = ["Check", "GateReport", "check_data", "check_model", "check_suites"]
