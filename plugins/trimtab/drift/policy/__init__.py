"""Decide what follows from a measurement: rules, retrain limits, choice of the reference."""

from __future__ import annotations

from trimtab.drift.policy.verdict import DriftPolicy, Verdict, decide
from trimtab.drift.policy.reference_choice import declared_reference
from trimtab.drift.policy.performance_rules import Rule
from trimtab.drift.policy.window_history import Outcome, PastWindow

__all__ = [
    "DriftPolicy",
    "Outcome",
    "PastWindow",
    "Rule",
    "Verdict",
    "decide",
    "declared_reference",
]
