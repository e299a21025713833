"""All drift rules of a policy, applied to one window."""

from __future__ import annotations

from collections.abc import Sequence

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy.distribution_rules import distribution_rules
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.policy.k_of_n_windows import require_k_of_n_windows
from trimtab.drift.policy.performance_rules import performance_rules
from trimtab.drift.policy.significance_level import require_significance, significance_level
from trimtab.drift.policy.validity_rules import validity_rules
from trimtab.drift.policy.window_history import PastWindow
from trimtab.params_sections import DriftPolicy


def apply_rules(
    measurement: Measurement, policy: DriftPolicy, own: Sequence[PastWindow]
) -> tuple[DriftRule, ...]:
    """Return the rules in order of priority: the first one that fired decides.

    Args:
        measurement: The measured window.
        policy: The bounds.
        own: The earlier windows checked with the same champion, the oldest first.
    """
    level, predictions = significance_level(measurement, policy), measurement.predictions
    rules = performance_rules(predictions, policy, own, level=level) if predictions else []
    rules += distribution_rules(measurement, policy, level=level)
    return (
        *validity_rules(measurement, policy),
        *(require_k_of_n_windows(require_significance(rule, level), policy, own) for rule in rules),
    )
