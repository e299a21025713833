"""The drift verdict: the decision that the policy takes on a measured window and its history.

Drift of a feature matters only if the model depends on the feature. Seasons move features far (the PSI of the
temperature exceeds 5 between winter and summer) while the performance of the model stays the same. So only
performance leads to a retrain: a drop of the true performance once the labels are there, of the estimated
performance until then; or that the last retrain gained so much that the next one is worth it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy.drift_extensions import NO_EXTENSIONS, DriftExtensions
from trimtab.drift.policy.drift_rule import Decision, DriftRule
from trimtab.drift.policy.last_retrain import LastRetrain
from trimtab.drift.policy.retrain_limits import check_retrain_limits
from trimtab.drift.policy.rule_set import apply_rules
from trimtab.drift.policy.window_history import PastWindow, windows_of_champion
from trimtab.errors import DriftError
from trimtab.params_sections import DriftPolicy


@dataclass(frozen=True, slots=True)
class DriftVerdict:
    """The decision, and its reasons.

    Attributes:
        decision: ``none``, ``watch``, ``retrain`` or ``investigate``.
        sentence: The decision and the rule that made it.
        rules: All rules. The first one that fired decides, unless a retrain limit applies.
        measurement: The measured window.
        history: The earlier windows, the oldest first.
    """

    decision: Decision
    sentence: str
    rules: tuple[DriftRule, ...]
    measurement: Measurement
    history: tuple[PastWindow, ...] = ()

    @property
    def exceeded(self) -> tuple[str, ...]:
        """The rules whose bound this window exceeds, whether they fired or need more windows."""
        return tuple(rule.name for rule in self.rules if rule.exceeded)


def decide(
    measurement: Measurement,
    policy: DriftPolicy,
    history: Sequence[PastWindow] = (),
    *,
    champion: str = "",
    extensions: DriftExtensions = NO_EXTENSIONS,
    last_retrain: LastRetrain | None = None,
) -> DriftVerdict:
    """Decide what follows from a measured window.

    Args:
        measurement: The measured window.
        policy: The bounds.
        history: The earlier windows, the oldest first.
        champion: The model that was measured. Windows of another model count for the retrain limits only.
        extensions: The project's own functions that the policy names.
        last_retrain: What the last retrain gains on the window; None if there was none or labels are late.

    Raises:
        DriftError: The window was not measured in the policy's metric; or a function that the policy names
            was not given, fails, or returns no valid rule.
    """
    _require_metric(measurement, policy)
    extensions.require_rules(policy)
    own, past = windows_of_champion(history, champion), tuple(history)
    rules = apply_rules(measurement, policy, own, extensions.rules, last_retrain)
    fired = next((rule for rule in rules if rule.fired), None)
    if fired is None:
        sentence = f"Nothing to do: {_summary(measurement, rules)}"
        return DriftVerdict("none", sentence, rules, measurement, past)
    if fired.leads_to != "retrain":
        return DriftVerdict(fired.leads_to, _because(fired.leads_to, fired), rules, measurement, past)
    limits = check_retrain_limits(policy, history, own, fired)
    rules = (*rules, *limits)
    limit = next((rule for rule in limits if rule.fired), None)
    if limit is None:
        return DriftVerdict("retrain", _because("retrain", fired), rules, measurement, past)
    sentence = f"{_because(limit.leads_to, fired)} No retrain follows: {limit.sentence}"
    return DriftVerdict(limit.leads_to, sentence, rules, measurement, past)


def _require_metric(measurement: Measurement, policy: DriftPolicy) -> None:
    if (predictions := measurement.predictions) is None:
        return
    declared = policy.metric or predictions.problem.default_metric
    if declared != predictions.metric.name:
        raise DriftError(
            f"The window was measured in {predictions.metric.name}, not in {declared}",
            where="params.yaml: drift.metric",
            fix="measure with `metric=` of this policy",
        )


def _because(decision: Decision, rule: DriftRule) -> str:
    return f"{decision.capitalize()}: {rule.sentence}"


def _summary(measurement: Measurement, rules: Sequence[DriftRule]) -> str:
    """Return the sentence of the most informative rule."""
    sentences = {rule.name: rule.sentence for rule in rules}
    if measurement.predictions is None:
        return sentences["features"]
    if measurement.predictions.labelled:
        return sentences["max_metric_drop"]
    return f"{sentences['max_estimated_metric_drop']} The labels are delayed."
