"""The policy: what follows from a measurement.

Features are measured and shown, yet decide nothing: seasons move them far (a temperature's PSI exceeds 5
between winter and summer) while the model stays as good as it was. What decides is performance, once outcomes
are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from trimtab.config import Params
from trimtab.drift.measurement import Measurement

Decision = Literal["none", "retrain", "investigate"]


class DriftPolicy(Params):
    """Section ``drift`` of ``params.yaml``: bounds, each exceeded only beyond it.

    Attributes:
        min_rows: Rows a window needs to be judged at all.
        max_auc_drop: How far ROC AUC may fall below the reference before the model is trained again.
        max_score_psi: How far the predicted probabilities may shift before a person should look.
    """

    min_rows: int = Field(ge=1)
    max_auc_drop: float = Field(gt=0, lt=1)
    max_score_psi: float = Field(gt=0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, applied to one window.

    Attributes:
        name: The policy's key, where it has one.
        value: What was measured; None if it cannot be known.
        bound: What it may reach.
        fired: Whether it went beyond.
        leads_to: What follows if it fired.
        sentence: The same, for a person.
    """

    name: str
    value: float | None
    bound: float
    fired: bool
    leads_to: Decision
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows, and why: the first rule that fired decides."""

    decision: Decision
    sentence: str
    rules: tuple[Rule, ...]
    measurement: Measurement


def decide(measurement: Measurement, policy: DriftPolicy) -> Verdict:
    """Judge a window. Rules stand in order of precedence: a window too small to judge never retrains."""
    rules = (
        _enough_rows(measurement, policy.min_rows),
        _both_classes(measurement),
        _auc_drop(measurement, policy.max_auc_drop),
        _score_shift(measurement, policy.max_score_psi),
    )
    for rule in rules:
        if rule.fired:
            return Verdict(
                rule.leads_to, f"{rule.leads_to.capitalize()}: {rule.sentence}", rules, measurement
            )
    reason = rules[2] if measurement.labelled else rules[3]
    waiting = "" if measurement.labelled else " Outcomes are not there yet."
    return Verdict("none", f"Nothing to do: {reason.sentence}{waiting}", rules, measurement)


def _enough_rows(measurement: Measurement, bound: int) -> Rule:
    rows, fired = measurement.rows, measurement.rows < bound
    verdict = "too few" if fired else "enough"
    sentence = f"the window has {rows:,} rows, {verdict} to judge it (at least {bound:,})."
    return Rule("min_rows", rows, bound, fired, "investigate", sentence)


def _both_classes(measurement: Measurement) -> Rule:
    rate = measurement.base_rate.window
    if rate is None:
        sentence = "outcomes are not there yet, so performance is unknown."
    elif measurement.performance_known:
        sentence = f"both outcomes occur; {rate:.1%} are positive."
    else:
        sentence = f"all {measurement.rows:,} outcomes are {rate:.0f}, so performance cannot be measured."
    rarer = None if rate is None else min(rate, 1 - rate)
    fired = measurement.labelled and not measurement.performance_known
    return Rule("both_classes", rarer, 0.0, fired, "investigate", sentence)


def _auc_drop(measurement: Measurement, bound: float) -> Rule:
    auc = measurement.performance["roc_auc"]
    if auc.window is None or auc.change is None:
        return Rule("max_auc_drop", None, bound, False, "retrain", "ROC AUC is unknown.")
    drop = 0.0 - auc.change  # not a bare minus: that would write -0.0
    fired = drop > bound
    sentence = (
        f"ROC AUC fell from {auc.reference:.3f} to {auc.window:.3f}, by more than the {bound:g} allowed."
        if fired
        else f"ROC AUC is {auc.window:.3f}, in the reference {auc.reference:.3f}; it may fall by {bound:g}."
    )
    return Rule("max_auc_drop", drop, bound, fired, "retrain", sentence)


def _score_shift(measurement: Measurement, bound: float) -> Rule:
    psi, fired = measurement.score_psi, measurement.score_psi > bound
    limit = f"more than the {bound:g} allowed" if fired else f"within the {bound:g} allowed"
    sentence = f"predicted probabilities shifted by a PSI of {psi:.3f}, {limit}."
    return Rule("max_score_psi", psi, bound, fired, "investigate", sentence)
