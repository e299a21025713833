"""The rules: each compares one thing with one bound, and says so in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from trimtab.drift.measurement import FeatureDrift, Figure, Measurement, PredictionDrift
from trimtab.drift.policy.window_history import Decision, PastWindow
from trimtab.drift.statistics import above_zero, benjamini_hochberg

if TYPE_CHECKING:
    from trimtab.drift.policy.verdict import DriftPolicy

NAMED = 3  # features in a sentence


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, applied to one window.

    Attributes:
        name: The policy's key, where it has one.
        value: What was measured; None if it cannot be known.
        bound: What it may reach.
        p_value: That chance alone gave the value, where there is a test.
        exceeded: Whether this window is beyond the bound, and not by chance.
        fired: Whether enough windows are.
        leads_to: What follows if it fired.
        sentence: The same, for a person.
    """

    name: str
    value: float | None
    bound: float
    p_value: float | None
    exceeded: bool
    fired: bool
    leads_to: Decision
    sentence: str

    @classmethod
    def held(
        cls,
        name: str,
        value: float | None,
        bound: float,
        *,
        fired: bool,
        sentence: str,
        to: Decision = "investigate",
    ) -> Self:
        """Return a rule that needs neither test nor second window."""
        return cls(name, value, bound, None, fired, fired, to, sentence)


def duties(measurement: Measurement, policy: DriftPolicy) -> tuple[Rule, ...]:
    """Return the rules that ask whether the window can be judged at all."""
    rows, few = measurement.rows, measurement.rows < policy.min_rows
    sentence = (
        f"the window has {rows:,} rows, {'too few' if few else 'enough'} to judge it"
        f" (at least {policy.min_rows:,})."
    )
    enough = Rule.held("min_rows", rows, policy.min_rows, fired=few, sentence=sentence)
    return (enough, _both_classes(measurement.predictions)) if measurement.predictions else (enough,)


def signals(measurement: Measurement, policy: DriftPolicy, own: Sequence[PastWindow]) -> tuple[Rule, ...]:
    """Return the rules that compare with the reference; those that retrain stand before those that watch."""
    predictions, level = measurement.predictions, _level(measurement, policy)
    rules: list[Rule] = []
    if predictions:
        rules += [_auc_drop(predictions, policy), _estimated_auc_drop(predictions, policy)]
        rules += [_age(policy, own), _calibration(predictions, policy), _slices(predictions, policy, level)]
        rules += [_scores(predictions, policy)]
    rules += [_features(measurement, policy, level), _joint(measurement, policy)]
    return tuple(_settled(rule, level, policy, own) for rule in rules)


def _level(measurement: Measurement, policy: DriftPolicy) -> float:
    """The false alarms allowed, shared out evenly over the tests (Bonferroni)."""
    predictions = measurement.predictions
    tests = 2  # features and their joint distribution
    if predictions:
        tests += 2  # scores; performance, true or estimated
        tests += 2 * predictions.labelled  # calibration, slices
    return policy.false_alarm_rate / tests


def _settled(rule: Rule, level: float, policy: DriftPolicy, own: Sequence[PastWindow]) -> Rule:
    """A value beyond its bound counts if chance does not explain it, and fires if it has lasted."""
    if rule.p_value is None or not rule.exceeded:
        return rule
    if rule.p_value > level:
        sentence = f"{rule.sentence} Chance explains that (p = {rule.p_value:.2g}, over {level:.2g})."
        return replace(rule, exceeded=False, sentence=sentence)
    if rule.name == "max_auc_drop":  # the loss itself, not a sign of it
        return replace(rule, fired=True)
    lately = own[-(policy.of_last - 1) :] if policy.of_last > 1 else ()
    windows = 1 + sum(rule.name in past.exceeded for past in lately)
    if windows >= policy.needed:
        return replace(rule, fired=True)
    sentence = f"{rule.sentence} So far in {windows} of the {policy.needed} windows needed."
    return replace(rule, sentence=sentence)


def _both_classes(predictions: PredictionDrift) -> Rule:
    rate = predictions.base_rate.window
    if rate is None:
        sentence = "outcomes are not there yet, so performance is unknown."
    elif predictions.performance_known:
        sentence = f"both outcomes occur; {rate:.1%} are positive."
    else:
        sentence = f"all outcomes are {rate:.0f}, so performance cannot be measured."
    return Rule.held(
        "both_classes",
        None if rate is None else min(rate, 1 - rate),
        0.0,
        fired=predictions.labelled and not predictions.performance_known,
        sentence=sentence,
    )


def _auc_drop(predictions: PredictionDrift, policy: DriftPolicy) -> Rule:
    return _drop("max_auc_drop", "ROC AUC", predictions.performance["roc_auc"], policy.max_auc_drop)


def _estimated_auc_drop(predictions: PredictionDrift, policy: DriftPolicy) -> Rule:
    """Of no weight once the truth is known."""
    name, bound = "max_estimated_auc_drop", policy.max_estimated_auc_drop
    rule = _drop(name, "estimated ROC AUC", predictions.estimated_auc, bound)
    if not predictions.performance_known:
        return rule
    sentence = f"{rule.sentence} Outcomes are there, so this does not decide."
    return replace(rule, p_value=None, exceeded=False, sentence=sentence)


def _drop(name: str, what: str, figure: Figure, bound: float) -> Rule:
    if figure.window is None or figure.change is None:
        return Rule(name, None, bound, None, False, False, "retrain", f"{what} is unknown.")
    drop = 0.0 - figure.change  # not a bare minus: that would write -0.0
    beyond = drop > bound
    sentence = (
        f"{what} fell from {figure.reference:.3f} to {figure.window:.3f}, by more than the {bound:g} allowed."
        if beyond
        else f"{what} is {figure.window:.3f}, in the reference {figure.reference:.3f};"
        f" it may fall by {bound:g}."
    )
    p_value = 0.0 if figure.error is None else above_zero(drop, figure.error)
    return Rule(name, drop, bound, p_value, beyond, False, "retrain", sentence)


def _age(policy: DriftPolicy, own: Sequence[PastWindow]) -> Rule:
    age = len(own) + 1
    stale = bool(policy.max_age) and age >= policy.max_age
    limit = f"the limit is {policy.max_age}" if policy.max_age else "there is no limit"
    sentence = f"the model has been live for {age} window(s); {limit}."
    return Rule("max_age", age, policy.max_age, None, stale, stale, "retrain", sentence)


def _calibration(predictions: PredictionDrift, policy: DriftPolicy) -> Rule:
    name, bound = "max_calibration_gap", policy.max_calibration_gap
    rate, promised = predictions.base_rate, predictions.expected_base_rate.window
    if rate.window is None or promised is None:
        return Rule(name, None, bound, None, False, False, "watch", "outcomes are not there yet.")
    gap = abs(rate.window - promised)
    sentence = f"{rate.window:.1%} of the outcomes are positive, the scores promised {promised:.1%}."
    p_value = 2 * above_zero(gap, rate.error or 0.0)
    return Rule(name, gap, bound, min(p_value, 1.0), gap > bound, False, "watch", sentence)


def _slices(predictions: PredictionDrift, policy: DriftPolicy, level: float) -> Rule:
    name, bound = "max_slice_auc_drop", policy.max_slice_auc_drop
    drops = [(part, 0.0 - (part.roc_auc.change or 0.0)) for part in predictions.slices]
    if not drops:
        return Rule(name, None, bound, None, False, False, "watch", "no slice has outcomes enough.")
    adjusted = benjamini_hochberg([above_zero(drop, part.roc_auc.error or 0.0) for part, drop in drops])
    # One that is beyond the bound and no chance, if there is one; else the one that fell most.
    order = sorted(
        range(len(drops)), key=lambda i: (drops[i][1] <= bound or adjusted[i] > level, -drops[i][1])
    )
    (part, drop), p_value = drops[order[0]], float(adjusted[order[0]])
    sentence = (
        f"where {part.feature} is {part.category}, ROC AUC went from {part.roc_auc.reference:.3f}"
        f" to {part.roc_auc.window:.3f}."
    )
    return Rule(name, round(drop, 6), bound, p_value, drop > bound, False, "watch", sentence)


def _scores(predictions: PredictionDrift, policy: DriftPolicy) -> Rule:
    psi, bound = predictions.psi, policy.max_score_psi
    limit = f"more than the {bound:g} allowed" if psi > bound else f"within the {bound:g} allowed"
    sentence = f"predicted probabilities shifted by a PSI of {psi:.3f}, {limit}."
    return Rule("max_score_psi", psi, bound, predictions.p_value, psi > bound, False, "watch", sentence)


def _features(measurement: Measurement, policy: DriftPolicy, level: float) -> Rule:
    """False discoveries are controlled over all features, before those that matter little are left out."""
    features = measurement.features
    adjusted = benjamini_hochberg([feature.p_value for feature in features])
    moved = [
        (float(p_value), feature.name)
        for feature, p_value in zip(features, adjusted, strict=True)
        if p_value <= level and feature.excess_psi > policy.min_psi and _matters(feature, policy)
    ]
    names = [name for _, name in moved]
    sentence = (
        f"{len(names)} of {len(features)} feature(s) moved and matter: {', '.join(names[:NAMED])}"
        f"{', …' if len(names) > NAMED else ''}."
        if names
        else f"of {len(features)} feature(s), none moved and matters."
    )
    p_value = min(moved)[0] if moved else 1.0
    return Rule("features", len(names), 0, p_value, bool(names), False, "watch", sentence)


def _matters(feature: FeatureDrift, policy: DriftPolicy) -> bool:
    return feature.at_stake is None or feature.at_stake >= policy.min_auc_at_stake


def _joint(measurement: Measurement, policy: DriftPolicy) -> Rule:
    joint = measurement.joint
    if joint is None:
        return Rule(
            "max_domain_auc", None, policy.max_domain_auc, None, False, False, "watch", "too few rows."
        )
    bound = max(policy.max_domain_auc, joint.noise)
    sentence = (
        f"a classifier tells the window from the reference with an AUC of {joint.auc:.3f}"
        f" ({joint.low:.3f} to {joint.high:.3f}); {bound:.3f} is normal."
    )
    return Rule(
        "max_domain_auc", joint.auc, bound, joint.p_value, joint.low > bound, False, "watch", sentence
    )
