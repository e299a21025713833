"""The significance level of each test: the policy's false alarm rate, shared by all tests.

Half of the rate belongs to the drop of the metric, as only that leads to a retrain; the other tests share the
rest. A drop is then found in fewer windows, for a slightly later notice of what is only watched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.params_sections import DriftPolicy

OF_DROP = frozenset({"max_metric_drop", "max_estimated_metric_drop"})  # one of them decides
SHARE_OF_DROP = 0.5
OF_FEATURES = 2  # tests: features, joint distribution
OF_PREDICTIONS = 1  # their distribution
OF_LABELS = 2  # calibration, slices


@dataclass(frozen=True, slots=True)
class SignificanceLevel:
    """The significance levels of the tests on a window.

    Attributes:
        of_drop: That of a drop of the metric, true or estimated.
        of_others: That of each other test.
    """

    of_drop: float
    of_others: float

    @classmethod
    def of_window(cls, measurement: Measurement, policy: DriftPolicy, *, of_project: int = 0) -> Self:
        """Share the false alarm rate among the tests of a window (Bonferroni).

        Args:
            measurement: The measured window. Without predictions, no drop is tested.
            policy: The policy; each of its statistics is a test.
            of_project: Number of the project's rules that have a p-value.
        """
        tests, predictions = OF_FEATURES + len(policy.statistics) + of_project, measurement.predictions
        if predictions is None:
            return cls(0.0, policy.false_alarm_rate / tests)
        tests += OF_PREDICTIONS + OF_LABELS * predictions.labelled
        return cls.share(policy, tests)

    @classmethod
    def share(cls, policy: DriftPolicy, tests: int) -> Self:
        """Share the false alarm rate among the drop of the metric and a number of other tests."""
        rate = policy.false_alarm_rate
        return cls(rate * SHARE_OF_DROP, rate * (1 - SHARE_OF_DROP) / tests)

    def require(self, rule: DriftRule) -> DriftRule:
        """Return the rule, with its bound not exceeded if the p-value is over its significance level."""
        level = self.of_drop if rule.name in OF_DROP else self.of_others
        if rule.p_value is None or not rule.exceeded or rule.p_value <= level:
            return rule
        sentence = f"{rule.sentence} This is not significant (p = {rule.p_value:.2g}, over {level:.2g})."
        return replace(rule, exceeded=False, sentence=sentence)


def lowest_significance_level(policy: DriftPolicy) -> float:
    """Return the significance level of a window with predictions and labels, which has the most tests."""
    tests = OF_FEATURES + OF_PREDICTIONS + OF_LABELS + len(policy.extensions)
    return SignificanceLevel.share(policy, tests).of_others
