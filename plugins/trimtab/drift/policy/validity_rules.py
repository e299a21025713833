"""Validity rules: whether the window has enough rows, and labels that differ, to be checked."""

from __future__ import annotations

from trimtab.drift.measurement import Measurement, PredictionDrift
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.learning import metric_title
from trimtab.params_sections import DriftPolicy


def validity_rules(measurement: Measurement, policy: DriftPolicy) -> tuple[DriftRule, ...]:
    """Return the rules that decide whether the window can be checked at all."""
    rows, fewer = measurement.rows, measurement.rows < policy.min_rows
    compared = "fewer than" if fewer else "at least"
    sentence = f"the window has {rows:,} rows, {compared} the {policy.min_rows:,} needed."
    enough = DriftRule.untested("min_rows", rows, policy.min_rows, fired=fewer, sentence=sentence)
    return (enough, _labels_differ(measurement.predictions)) if measurement.predictions else (enough,)


def _labels_differ(predictions: PredictionDrift) -> DriftRule:
    means = [column.observed.window for column in predictions.columns]
    known = [mean for mean in means if mean is not None]
    if not predictions.labelled:
        sentence = "the labels are delayed, so performance is unknown."
    elif predictions.constant:
        sentence = f"the label {predictions.constant}, so performance cannot be measured."
    elif not predictions.performance_known:
        title = metric_title(predictions.metric.name)
        sentence = f"{title} is undefined for the labels of the window."
    else:
        sentence = f"{predictions.problem.describe_labels(known)}."
    return DriftRule.untested(
        "labels_differ",
        None,
        0.0,
        fired=predictions.labelled and not predictions.performance_known,
        sentence=sentence,
    )
