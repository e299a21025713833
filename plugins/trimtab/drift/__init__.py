"""Has the world moved? A window is measured against the champion's own reference and judged by a policy."""

from trimtab.drift.building import build_reference
from trimtab.drift.history import PastWindow
from trimtab.drift.measurement import Measurement
from trimtab.drift.measuring import measure
from trimtab.drift.policy import DriftPolicy, Verdict, decide
from trimtab.drift.reference import Reference
from trimtab.drift.report import past_window, write_report
from trimtab.drift.rules import Rule

__all__ = [
    "DriftPolicy",
    "Measurement",
    "PastWindow",
    "Reference",
    "Rule",
    "Verdict",
    "build_reference",
    "decide",
    "measure",
    "past_window",
    "write_report",
]
