"""Performance rules: ROC AUC, estimated ROC AUC, age of the model, calibration, and ROC AUC by slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trimtab.drift.measurement import ComparedValue, PredictionDrift
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.policy.window_history import PastWindow
from trimtab.drift.statistics import benjamini_hochberg, one_sided_p_value
from trimtab.params_sections import DriftPolicy


def performance_rules(
    predictions: PredictionDrift, policy: DriftPolicy, own: Sequence[PastWindow], *, level: float
) -> list[DriftRule]:
    """Return the performance rules, those that lead to a retrain first.

    Args:
        predictions: The measured predictions.
        policy: The bounds.
        own: The earlier windows checked with the same champion, the oldest first.
        level: The significance level of each test.
    """
    return [
        _auc_drop(predictions, policy),
        _estimated_auc_drop(predictions, policy),
        _max_age(policy, own),
        _calibration_gap(predictions, policy),
        _slice_auc_drop(predictions, policy, level),
    ]


def _auc_drop(predictions: PredictionDrift, policy: DriftPolicy) -> DriftRule:
    return _drop("max_auc_drop", "ROC AUC", predictions.performance["roc_auc"], policy.max_auc_drop)


def _estimated_auc_drop(predictions: PredictionDrift, policy: DriftPolicy) -> DriftRule:
    """Return the rule of the estimate, which does not decide once the labels are known."""
    name, bound = "max_estimated_auc_drop", policy.max_estimated_auc_drop
    rule = _drop(name, "estimated ROC AUC", predictions.estimated_auc, bound)
    if not predictions.performance_known:
        return rule
    sentence = f"{rule.sentence} The labels are known, so this rule does not decide."
    return replace(rule, p_value=None, exceeded=False, sentence=sentence)


def _drop(name: str, metric: str, compared: ComparedValue, bound: float) -> DriftRule:
    if compared.window is None or compared.change is None:
        return DriftRule.unknown(name, bound, leads_to="retrain", sentence=f"{metric} is unknown.")
    drop = 0.0 - compared.change  # not a bare minus: that would write -0.0
    exceeded = drop > bound
    if exceeded:
        sentence = (
            f"{metric} fell from {compared.reference:.3f} to {compared.window:.3f},"
            f" by more than the {bound:g} allowed."
        )
    else:
        sentence = (
            f"{metric} is {compared.window:.3f}, in the reference {compared.reference:.3f};"
            f" it may fall by {bound:g}."
        )
    p_value = 0.0 if compared.error is None else one_sided_p_value(drop, compared.error)
    return DriftRule.tested(
        name, drop, bound, p_value=p_value, exceeded=exceeded, leads_to="retrain", sentence=sentence
    )


def _max_age(policy: DriftPolicy, own: Sequence[PastWindow]) -> DriftRule:
    age = len(own) + 1
    too_old = bool(policy.max_age) and age >= policy.max_age
    limit = f"the limit is {policy.max_age}" if policy.max_age else "there is no limit"
    sentence = f"the model has been live for {age} window(s); {limit}."
    return DriftRule.untested(
        "max_age", age, policy.max_age, fired=too_old, leads_to="retrain", sentence=sentence
    )


def _calibration_gap(predictions: PredictionDrift, policy: DriftPolicy) -> DriftRule:
    name, bound = "max_calibration_gap", policy.max_calibration_gap
    rate, expected = predictions.base_rate, predictions.expected_base_rate.window
    if rate.window is None or expected is None:
        return DriftRule.unknown(name, bound, leads_to="watch", sentence="the labels are delayed.")
    gap = abs(rate.window - expected)
    return DriftRule.tested(
        name,
        gap,
        bound,
        p_value=min(2 * one_sided_p_value(gap, rate.error or 0.0), 1.0),
        exceeded=gap > bound,
        leads_to="watch",
        sentence=f"{rate.window:.1%} of the labels are positive; the scores predict {expected:.1%}.",
    )


def _slice_auc_drop(predictions: PredictionDrift, policy: DriftPolicy, level: float) -> DriftRule:
    name, bound = "max_slice_auc_drop", policy.max_slice_auc_drop
    drops = [(part, 0.0 - (part.roc_auc.change or 0.0)) for part in predictions.slices]
    if not drops:
        return DriftRule.unknown(name, bound, leads_to="watch", sentence="no slice has enough labels.")
    adjusted = benjamini_hochberg(
        [one_sided_p_value(drop, part.roc_auc.error or 0.0) for part, drop in drops]
    )
    # The largest significant drop beyond the bound if there is one, else the largest drop.
    order = sorted(
        range(len(drops)), key=lambda i: (drops[i][1] <= bound or adjusted[i] > level, -drops[i][1])
    )
    (part, drop), p_value = drops[order[0]], float(adjusted[order[0]])
    sentence = (
        f"where {part.feature} is {part.category}, ROC AUC went from {part.roc_auc.reference:.3f}"
        f" to {part.roc_auc.window:.3f}."
    )
    return DriftRule.tested(
        name,
        round(drop, 6),
        bound,
        p_value=p_value,
        exceeded=drop > bound,
        leads_to="watch",
        sentence=sentence,
    )
