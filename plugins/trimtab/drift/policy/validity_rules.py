"""Validity rules: whether the window has enough rows, and labels of both classes, to be checked."""

from __future__ import annotations

from trimtab.drift.measurement import Measurement, PredictionDrift
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.params_sections import DriftPolicy


def validity_rules(measurement: Measurement, policy: DriftPolicy) -> tuple[DriftRule, ...]:
    """Return the rules that decide whether the window can be checked at all."""
    rows, fewer = measurement.rows, measurement.rows < policy.min_rows
    compared = "fewer than" if fewer else "at least"
    sentence = f"the window has {rows:,} rows, {compared} the {policy.min_rows:,} needed."
    enough = DriftRule.untested("min_rows", rows, policy.min_rows, fired=fewer, sentence=sentence)
    return (enough, _both_classes(measurement.predictions)) if measurement.predictions else (enough,)


def _both_classes(predictions: PredictionDrift) -> DriftRule:
    rate = predictions.base_rate.window
    if rate is None:
        sentence = "the labels are delayed, so performance is unknown."
    elif predictions.performance_known:
        sentence = f"both classes occur; {rate:.1%} of the labels are positive."
    else:
        sentence = f"all labels are {rate:.0f}, so performance cannot be measured."
    return DriftRule.untested(
        "both_classes",
        None if rate is None else min(rate, 1 - rate),
        0.0,
        fired=predictions.labelled and not predictions.performance_known,
        sentence=sentence,
    )
