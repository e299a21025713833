"""Validation gates: expectation suites on data, thresholds on a model, one report format.

A gate fails closed: what was declared and not seen to hold has failed.
"""

from trimtab.gates.check import Check
from trimtab.gates.data import check_data
from trimtab.gates.model import check_model
from trimtab.gates.report import GateReport
from trimtab.gates.suites import check_suites

__all__ = ["Check", "GateReport", "check_data", "check_model", "check_suites"]
