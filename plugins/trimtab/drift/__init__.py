"""Has the world moved? A window is measured against the champion's own reference and judged by a policy."""

from trimtab.drift.measurement import Measurement, measure
from trimtab.drift.policy import DriftPolicy, Rule, Verdict, decide
from trimtab.drift.reference import Reference, build_reference
from trimtab.drift.report import write_report

__all__ = [
    "DriftPolicy",
    "Measurement",
    "Reference",
    "Rule",
    "Verdict",
    "build_reference",
    "decide",
    "measure",
    "write_report",
]
