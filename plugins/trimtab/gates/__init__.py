"""Validation gates: expectation suites on data, thresholds on a model, one report format.

A gate fails closed: what was declared and not seen to hold has failed.
"""

from trimtab.gates.data.gate import check_data
from trimtab.gates.data.suites import check_suites
from trimtab.gates.model import check_model
from trimtab.gates.report import Check, GateReport

__all__ = ["Check", "GateReport", "check_data", "check_model", "check_suites"]
