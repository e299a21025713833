"""All drift rules of a policy, applied to one window."""

from __future__ import annotations

from collections.abc import Sequence

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy.distribution_rules import distribution_rules
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.policy.k_of_n_windows import require_k_of_n_windows
from trimtab.drift.policy.last_retrain import LastRetrain
from trimtab.drift.policy.performance_rules import performance_rules
from trimtab.drift.policy.project_rules import LEADS_TO, ProjectRule, project_rules
from trimtab.drift.policy.significance_level import SignificanceLevel
from trimtab.drift.policy.statistic_rules import statistic_rules
from trimtab.drift.policy.validity_rules import validity_rules
from trimtab.drift.policy.window_history import PastWindow
from trimtab.params_sections import DriftPolicy


def apply_rules(
    measurement: Measurement,
    policy: DriftPolicy,
    own: Sequence[PastWindow],
    of_project: Sequence[ProjectRule] = (),
    last_retrain: LastRetrain | None = None,
) -> tuple[DriftRule, ...]:
    """Return the rules in order of priority: the first one that fired decides.

    The project's rules follow the built-in rules that lead to the same decision.

    Args:
        measurement: The measured window.
        policy: The bounds.
        own: The earlier windows checked with the same champion, the oldest first.
        of_project: The project's own rules.
        last_retrain: What the last retrain gains on the window.

    Raises:
        DriftError: A rule of the project fails or is invalid, or a statistic was not measured.
    """
    own_rules, predictions = project_rules(of_project, measurement, policy, own), measurement.predictions
    tested = sum(rule.p_value is not None for rule in own_rules)
    levels = SignificanceLevel.of_window(measurement, policy, of_project=tested)
    level = levels.of_others
    rules = performance_rules(predictions, policy, own, last_retrain, level=level) if predictions else []
    rules += distribution_rules(measurement, policy, level=level)
    rules += statistic_rules(measurement, policy, level=level)
    rules += own_rules
    checked = [
        *validity_rules(measurement, policy),
        *(require_k_of_n_windows(levels.require(rule), policy, own) for rule in rules),
    ]
    return tuple(sorted(checked, key=lambda rule: LEADS_TO.index(rule.leads_to)))
