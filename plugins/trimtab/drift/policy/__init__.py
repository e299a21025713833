"""The drift policy: rules, k of n windows, retrain limits, verdict, and the choice of the reference."""

from __future__ import annotations

from trimtab.drift.policy.drift_extensions import DriftExtensions
from trimtab.drift.policy.drift_rule import Decision, DriftRule
from trimtab.drift.policy.last_retrain import GAIN_CONFIDENCE, LastRetrain
from trimtab.drift.policy.reference_choice import choose_feature_reference
from trimtab.drift.policy.repository_budget import hold_repository_budget
from trimtab.drift.policy.verdict import DriftVerdict, decide
from trimtab.drift.policy.window_history import PastWindow, RetrainOutcome
from trimtab.params_sections import DriftPolicy

__all__ = [
    "GAIN_CONFIDENCE",
    "Decision",
    "DriftExtensions",
    "DriftPolicy",
    "DriftRule",
    "DriftVerdict",
    "LastRetrain",
    "PastWindow",
    "RetrainOutcome",
    "choose_feature_reference",
    "decide",
    "hold_repository_budget",
]
