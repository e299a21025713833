"""The policy: what follows from a measurement, and from what came before it.

A distribution that moved is a reason to look only if the model leans on what moved: seasons move features far
(a temperature's PSI exceeds 5 between winter and summer) while the model stays as good as it was. What
retrains is performance: the true one once outcomes are there, the estimated one until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from trimtab.config import Params
from trimtab.drift.history import Decision, PastWindow, of_champion
from trimtab.drift.measurement import Measurement
from trimtab.drift.restraint import restraints
from trimtab.drift.rules import Rule, duties, signals


class DriftPolicy(Params):
    """Section ``drift`` of ``params.yaml``: bounds, each exceeded only beyond it.

    Attributes:
        min_rows: Rows a window needs to be judged at all.
        reference: What the features of a window are measured against: the ``champion``'s own test, the same
            ``season`` ``reference_windows`` before, or the ``rolling`` ``reference_windows`` just before.
        reference_windows: See ``reference``.
        false_alarm_rate: How often a window like the reference may raise any alarm; the tests share it.
        max_auc_drop: How far ROC AUC may fall below the reference before the model is trained again.
        max_estimated_auc_drop: The same of the estimate, while outcomes are not there.
        max_slice_auc_drop: How far it may fall within a category before that is watched.
        max_calibration_gap: How far the share of positive outcomes may lie from what the scores promise.
        max_score_psi: How far the predicted probabilities may shift before that is watched.
        min_psi: Population stability index, beyond normal noise, below which a feature has not moved.
        min_auc_at_stake: ROC AUC a moved feature puts at stake below which it does not matter; only where
            the reference knows the features' importance.
        max_domain_auc: How well a classifier may tell window from reference before that is watched.
        label_delay: Of the newest windows, how many have no outcomes yet.
        needed: Of the last ``of_last`` windows, how many must exceed a bound, the newest among them. A true
            loss of performance needs no second window.
        of_last: See ``needed``.
        max_age: Windows a model is live before it is trained again in any case; 0 for never.
        cooldown: Windows after a retrain in which there is no other.
        budget: Retrains in ``budget_windows`` windows.
        budget_windows: See ``budget``.
        back_off: Windows in which, after a retrain that gave no better model, a person decides.
    """

    min_rows: int = Field(default=200, ge=1)
    reference: Literal["champion", "season", "rolling"] = "champion"
    reference_windows: int = Field(default=12, ge=1)
    max_auc_drop: float = Field(default=0.03, gt=0, lt=1)
    max_score_psi: float = Field(default=0.25, gt=0)
    false_alarm_rate: float = Field(default=0.05, gt=0, le=0.5)
    max_estimated_auc_drop: float = Field(default=0.05, gt=0, lt=1)
    max_slice_auc_drop: float = Field(default=0.1, gt=0, lt=1)
    max_calibration_gap: float = Field(default=0.05, gt=0, lt=1)
    min_psi: float = Field(default=0.02, ge=0)
    min_auc_at_stake: float = Field(default=0.0, ge=0, lt=1)
    max_domain_auc: float = Field(default=0.6, ge=0.5, le=1)
    label_delay: int = Field(default=0, ge=0)
    needed: int = Field(default=1, ge=1)
    of_last: int = Field(default=1, ge=1)
    max_age: int = Field(default=0, ge=0)
    cooldown: int = Field(default=0, ge=0)
    budget: int = Field(default=12, ge=0)
    budget_windows: int = Field(default=12, ge=1)
    back_off: int = Field(default=3, ge=0)

    @model_validator(mode="after")
    def _can_be_met(self) -> DriftPolicy:
        if self.needed > self.of_last:
            raise ValueError(f"'needed' is {self.needed}, more than the {self.of_last} windows of 'of_last'")
        return self


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
