"""The significance level of each test: the policy's false alarm rate, shared by all tests."""

from __future__ import annotations

from dataclasses import replace

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.params_sections import DriftPolicy

OF_FEATURES = 2  # tests: features, joint distribution
OF_PREDICTIONS = 2  # their distribution; performance, true or estimated
OF_LABELS = 2  # calibration, slices


def significance_level(measurement: Measurement, policy: DriftPolicy, *, of_project: int = 0) -> float:
    """Return the false alarm rate divided by the number of tests (Bonferroni).

    Args:
        measurement: The measured window.
        policy: The policy; each of its statistics is a test.
        of_project: Number of the project's rules that have a p-value.
    """
    predictions = measurement.predictions
    tests = OF_FEATURES + len(policy.statistics) + of_project
    if predictions:
        tests += OF_PREDICTIONS + OF_LABELS * predictions.labelled
    return policy.false_alarm_rate / tests


def lowest_significance_level(policy: DriftPolicy) -> float:
    """Return the significance level of a window with predictions and labels, which has the most tests."""
    tests = OF_FEATURES + OF_PREDICTIONS + OF_LABELS + len(policy.extensions)
    return policy.false_alarm_rate / tests


def require_significance(rule: DriftRule, level: float) -> DriftRule:
    """Return the rule, with its bound not exceeded if the p-value is over the significance level."""
    if rule.p_value is None or not rule.exceeded or rule.p_value <= level:
        return rule
    sentence = f"{rule.sentence} This is not significant (p = {rule.p_value:.2g}, over {level:.2g})."
    return replace(rule, exceeded=False, sentence=sentence)
