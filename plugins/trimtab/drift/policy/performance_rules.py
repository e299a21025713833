"""Performance rules: the metric, its estimate, its gain, age of the model, calibration, and slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trimtab.drift.measurement import ColumnDrift, ComparedValue, PredictionDrift, SliceDrift
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.policy.last_retrain import LastRetrain
from trimtab.drift.policy.metric_bound import MetricBound, drop_bound
from trimtab.drift.policy.window_history import PastWindow
from trimtab.drift.policy.worst_value import BoundedValue, find_worst
from trimtab.drift.statistics import benjamini_hochberg, one_sided_p_value, round_figure
from trimtab.learning import format_figure, metric_title
from trimtab.params_sections import DriftPolicy

# One window may differ from the next one by more than a retrain gains.
MIN_WINDOWS_OF_GAIN = 2


def performance_rules(
    predictions: PredictionDrift,
    policy: DriftPolicy,
    own: Sequence[PastWindow],
    last_retrain: LastRetrain | None = None,
    *,
    level: float,
) -> list[DriftRule]:
    """Return the performance rules, those that lead to a retrain first.

    Args:
        predictions: The measured predictions.
        policy: The bounds.
        own: The earlier windows checked with the same champion, the oldest first.
        last_retrain: What the last retrain gains on this window; None if there was none or labels are late.
        level: The significance level of each test.
    """
    return [
        _metric_drop(predictions, policy),
        _estimated_metric_drop(predictions, policy),
        _expected_gain(predictions, policy, own, last_retrain),
        _max_age(policy, own),
        _calibration_gap(predictions, policy, level),
        _slice_metric_drop(predictions, policy, level),
    ]


def _metric_drop(predictions: PredictionDrift, policy: DriftPolicy) -> DriftRule:
    title = metric_title(predictions.metric.name)
    return _drop("max_metric_drop", title, predictions, predictions.figure, policy, f"{title} is unknown.")


def _estimated_metric_drop(predictions: PredictionDrift, policy: DriftPolicy) -> DriftRule:
    """Return the rule of the estimate, which does not decide once the labels are known."""
    title = metric_title(predictions.metric.name)
    unknown = f"{title} is not estimated: it does not follow from what is known before the labels arrive."
    rule = _drop(
        "max_estimated_metric_drop", f"estimated {title}", predictions, predictions.estimate, policy, unknown
    )
    if not predictions.performance_known or rule.value is None:
        return rule
    sentence = f"{rule.sentence} The labels are known, so this rule does not decide."
    return replace(rule, p_value=None, exceeded=False, sentence=sentence)


def _drop(
    name: str,
    title: str,
    predictions: PredictionDrift,
    compared: ComparedValue,
    policy: DriftPolicy,
    unknown: str,
) -> DriftRule:
    metric, unit = predictions.metric, predictions.unit
    bound = drop_bound(policy, name, metric, compared.reference, unit)
    if compared.window is None or compared.change is None:
        return DriftRule.unknown(name, bound.value, leads_to="retrain", sentence=unknown)
    drop = _worse_by(compared, metric.sign)
    exceeded = drop > bound.value
    before, now = format_figure(metric, compared.reference), format_figure(metric, compared.window, unit)
    if exceeded:
        fell = "fell" if metric.greater_is_better else "rose"
        sentence = f"{title} {fell} from {before} to {now}, by more than the {bound.text} allowed."
    else:
        fall = "fall" if metric.greater_is_better else "rise"
        sentence = f"{title} is {now}, in the reference {before}; it may {fall} by {bound.text}."
    p_value = 0.0 if compared.error is None else one_sided_p_value(drop, compared.error)
    return DriftRule.tested(
        name, drop, bound.value, p_value=p_value, exceeded=exceeded, leads_to="retrain", sentence=sentence
    )


def _worse_by(compared: ComparedValue, sign: int) -> float:
    return 0.0 - sign * (compared.change or 0.0)  # not a bare minus: that would write -0.0


def _expected_gain(
    predictions: PredictionDrift,
    policy: DriftPolicy,
    own: Sequence[PastWindow],
    last_retrain: LastRetrain | None,
) -> DriftRule:
    """Return the rule that finds a slow decay, which no single window shows: old models lose to newer ones.

    The paired gain on the same rows has a small error, and is not moved by windows that are harder.
    """
    name, metric = "expected_gain", predictions.metric
    bound = drop_bound(policy, "max_metric_drop", metric, predictions.figure.reference, predictions.unit)
    if last_retrain is None:
        sentence = "there is no model before to compare with, or there are no labels."
        return DriftRule.unknown(name, bound.value, leads_to="retrain", sentence=sentence)
    before, gain, expected = last_retrain.before, last_retrain.gain, last_retrain.expected_gain
    if gain is None or expected is None:
        sentence = f"the last retrain cannot be compared with {before}: {last_retrain.obstacle}."
        return DriftRule.unknown(name, bound.value, leads_to="retrain", sentence=sentence)
    doubts = [
        *(["that is not significant"] if last_retrain.low <= 0 else []),
        *(["it is the first window"] if len(own) + 1 < MIN_WINDOWS_OF_GAIN else []),
        *(["a retrain was refused since"] if any(past.outcome == "refused" for past in own) else []),
    ]
    worth_it, title = expected > bound.value, metric_title(metric.name)
    gained, expects = (format_figure(metric, value, predictions.unit) for value in (gain, expected))
    sentence = (
        f"on these rows, the last retrain gained {gained if gain > 0 else 'nothing'} in {title} over {before}"
    )
    if gain > 0:
        sentence += (
            f"; in proportion to the time since, another one is expected to gain {expects}, and more than"
            f" {bound.text} is worth one"
        )
    if worth_it:
        sentence += "".join(f"; but {doubt}" for doubt in doubts)
    return DriftRule.untested(
        name,
        expected,
        bound.value,
        fired=worth_it and not doubts,
        leads_to="retrain",
        sentence=f"{sentence}.",
    )


def _max_age(policy: DriftPolicy, own: Sequence[PastWindow]) -> DriftRule:
    age = len(own) + 1
    too_old = bool(policy.max_age) and age >= policy.max_age
    limit = f"the limit is {policy.max_age}" if policy.max_age else "there is no limit"
    sentence = f"the model has been live for {age} window(s); {limit}."
    return DriftRule.untested(
        "max_age", age, policy.max_age, fired=too_old, leads_to="retrain", sentence=sentence
    )


def _calibration_gap(predictions: PredictionDrift, policy: DriftPolicy, level: float) -> DriftRule:
    """Return the rule of the column whose calibration is off most."""
    name, problem = "max_calibration_gap", predictions.problem
    default = problem.default_calibration_gap
    declared = default if policy.max_calibration_gap is None else policy.max_calibration_gap
    bounds = [MetricBound.resolve(declared, column.deviation).value for column in predictions.columns]
    gaps = [column.gap for column in predictions.columns]
    known = [abs(gap) for gap in gaps if gap is not None]
    if len(known) < len(gaps):
        return DriftRule.unknown(name, max(bounds), leads_to="watch", sentence="the labels are delayed.")
    adjusted = benjamini_hochberg(
        [_two_sided(gap, column) for gap, column in zip(known, predictions.columns, strict=True)]
    )
    worst = find_worst(
        [BoundedValue(*each) for each in zip(known, bounds, adjusted, strict=True)], level=level
    )
    column, gap = predictions.columns[worst], known[worst]
    seen, expected = (
        problem.format_calibrated(value, predictions.label_unit)
        for value in (column.observed.window or 0.0, column.expected)
    )
    return DriftRule.tested(
        name,
        gap,
        bounds[worst],
        p_value=float(adjusted[worst]),
        exceeded=gap > bounds[worst],
        leads_to="watch",
        sentence=f"the {column.calibrated} is {seen}, expected {expected}.",
    )


def _two_sided(gap: float, column: ColumnDrift) -> float:
    return min(2 * one_sided_p_value(gap, column.observed.error or 0.0), 1.0)


def _slice_metric_drop(predictions: PredictionDrift, policy: DriftPolicy, level: float) -> DriftRule:
    """Return the rule of the slice with the largest drop."""
    name, metric = "max_slice_metric_drop", predictions.metric
    slices = predictions.slices
    if not slices:
        bound = drop_bound(policy, name, metric, predictions.figure.reference, predictions.unit)
        return DriftRule.unknown(name, bound.value, leads_to="watch", sentence="no slice has enough labels.")
    drops = [_worse_by(part.figure, metric.sign) for part in slices]
    bounds = [
        drop_bound(policy, name, metric, part.figure.reference, predictions.unit).value for part in slices
    ]
    adjusted = benjamini_hochberg(
        [one_sided_p_value(drop, part.figure.error or 0.0) for drop, part in zip(drops, slices, strict=True)]
    )
    worst = find_worst(
        [BoundedValue(*each) for each in zip(drops, bounds, adjusted, strict=True)], level=level
    )
    return DriftRule.tested(
        name,
        round_figure(drops[worst]),
        bounds[worst],
        p_value=float(adjusted[worst]),
        exceeded=drops[worst] > bounds[worst],
        leads_to="watch",
        sentence=_slice_sentence(slices[worst], predictions),
    )


def _slice_sentence(part: SliceDrift, predictions: PredictionDrift) -> str:
    metric, figure = predictions.metric, part.figure
    now = figure.reference if figure.window is None else figure.window
    return (
        f"where {part.feature} is {part.category}, {metric_title(metric.name)} went from"
        f" {format_figure(metric, figure.reference)} to {format_figure(metric, now, predictions.unit)}."
    )
