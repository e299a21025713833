"""The policy: what follows from a measurement, and from what came before it.

A distribution that moved is a reason to look only if the model leans on what moved: seasons move features far
(a temperature's PSI exceeds 5 between winter and summer) while the model stays as good as it was. What
retrains is performance: the true one once outcomes are there, the estimated one until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy.retrain_limits import restraints
from trimtab.drift.policy.performance_rules import Rule, duties, signals
from trimtab.drift.policy.window_history import Decision, PastWindow, of_champion
from trimtab.params_sections import DriftPolicy

__all__ = ["DriftPolicy", "Verdict", "decide"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows, and why.

    Attributes:
        decision: ``none``, ``watch``, ``retrain`` or ``investigate``.
        sentence: The decision and the rule that made it.
        rules: Every rule; of those that fired, the first decides, unless a restraint holds it back.
        measurement: What was judged.
        history: The windows before, the oldest first.
    """

    decision: Decision
    sentence: str
    rules: tuple[Rule, ...]
    measurement: Measurement
    history: tuple[PastWindow, ...] = ()

    @property
    def exceeded(self) -> tuple[str, ...]:
        """The rules whose bound this window exceeds, whether they fired or wait for another one."""
        return tuple(rule.name for rule in self.rules if rule.exceeded)


def decide(
    measurement: Measurement,
    policy: DriftPolicy,
    history: Sequence[PastWindow] = (),
    *,
    champion: str = "",
) -> Verdict:
    """Judge a window.

    Args:
        measurement: What was measured.
        policy: The bounds.
        history: The windows before this one, the oldest first.
        champion: Which model was measured; windows of another one count for restraints only.
    """
    own = of_champion(history, champion)
    rules = (*duties(measurement, policy), *signals(measurement, policy, own))
    fired = next((rule for rule in rules if rule.fired), None)
    if fired is None:
        return _verdict("none", f"Nothing to do: {_calm(measurement, rules)}", rules, measurement, history)
    if fired.leads_to != "retrain":
        return _verdict(fired.leads_to, _because(fired.leads_to, fired), rules, measurement, history)
    held = restraints(policy, history, own)
    rules = (*rules, *held)
    restraint = next((rule for rule in held if rule.fired), None)
    if restraint is None:
        return _verdict("retrain", _because("retrain", fired), rules, measurement, history)
    sentence = f"{_because(restraint.leads_to, fired)} No retrain follows: {restraint.sentence}"
    return _verdict(restraint.leads_to, sentence, rules, measurement, history)


def _verdict(
    decision: Decision,
    sentence: str,
    rules: tuple[Rule, ...],
    measurement: Measurement,
    history: Sequence[PastWindow],
) -> Verdict:
    return Verdict(decision, sentence, rules, measurement, tuple(history))


def _because(decision: Decision, rule: Rule) -> str:
    return f"{decision.capitalize()}: {rule.sentence}"


def _calm(measurement: Measurement, rules: Sequence[Rule]) -> str:
    """The sentence of the rule that says most."""
    sentences = {rule.name: rule.sentence for rule in rules}
    if measurement.predictions is None:
        return sentences["features"]
    if measurement.predictions.labelled:
        return sentences["max_auc_drop"]
    return f"{sentences['max_estimated_auc_drop']} Outcomes are not there yet."
