"""The k-of-n rule: a rule fires if ``needed`` of the last ``of_last`` windows exceed its bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.policy.window_history import PastWindow
from trimtab.params_sections import DriftPolicy

# A loss of performance is the damage itself, not a sign of it.
FIRE_IN_ONE_WINDOW = frozenset({"max_metric_drop"})


def require_k_of_n_windows(rule: DriftRule, policy: DriftPolicy, own: Sequence[PastWindow]) -> DriftRule:
    """Return the rule, fired if enough windows exceed its bound, the current window among them.

    A rule without a significance test is returned unchanged.

    Args:
        rule: A rule, applied to the current window.
        policy: The policy; ``needed`` is k and ``of_last`` is n.
        own: The earlier windows checked with the same champion, the oldest first.
    """
    if rule.p_value is None or not rule.exceeded:
        return rule
    if rule.name in FIRE_IN_ONE_WINDOW:
        return replace(rule, fired=True)
    earlier = own[-(policy.of_last - 1) :] if policy.of_last > 1 else ()
    windows = 1 + sum(rule.name in past.exceeded for past in earlier)
    if windows >= policy.needed:
        return replace(rule, fired=True)
    sentence = f"{rule.sentence} So far in {windows} of the {policy.needed} windows needed."
    return replace(rule, sentence=sentence)
