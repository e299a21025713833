"""Performance rules: the metric, its estimate, age, calibration, slices."""

import dataclasses

import pytest

from trimtab.drift import DriftPolicy, LastRetrain, PastWindow, measure
from trimtab.drift.measurement import ComparedValue
from trimtab.drift.measurement.measurement import SliceDrift
from trimtab.drift.policy.performance_rules import performance_rules

POLICY = DriftPolicy(max_calibration_gap=0.05, max_slice_metric_drop=0.1, max_age=2)


def apply(predictions, policy=POLICY, history=(), last_retrain=None, **changes):
    changed = dataclasses.replace(predictions, **changes)
    rules = performance_rules(changed, policy, history, last_retrain, level=0.01)
    return {rule.name: rule for rule in rules}


@pytest.fixture
def predictions(same_world):
    return same_world.predictions


def test_rules_that_retrain_are_before_rules_that_watch(predictions):
    rules = performance_rules(predictions, POLICY, (), level=0.01)
    assert [rule.leads_to for rule in rules] == ["retrain"] * 4 + ["watch"] * 2


def test_estimate_does_not_decide_once_labels_are_known(predictions):
    fallen = ComparedValue(0.8, 0.6, 0.01)
    rule = apply(predictions, estimate=fallen)["max_estimated_metric_drop"]
    assert (rule.exceeded, rule.p_value) == (False, None)
    assert rule.sentence.endswith("The labels are known, so this rule does not decide.")


def test_drop_has_the_one_sided_p_value_of_its_standard_error(predictions):
    performance = {**predictions.performance, "roc_auc": ComparedValue(0.8, 0.7, 0.0608)}
    rule = apply(predictions, performance=performance)["max_metric_drop"]
    assert rule.value == pytest.approx(0.1)
    assert rule.p_value == pytest.approx(0.05, abs=0.001)


def test_max_age_fires_in_the_window_that_reaches_it(predictions):
    past = PastWindow(window="w1", champion="1", decision="none")
    assert not apply(predictions)["max_age"].fired
    assert apply(predictions, history=[past])["max_age"].fired
    assert not apply(predictions, DriftPolicy(max_age=0), [past])["max_age"].fired


def past(**more):
    return PastWindow(window="w1", champion="1", decision="none", **more)


@pytest.mark.parametrize(
    ("gain", "low", "ages", "history", "fired", "doubt"),
    [
        (0.02, 0.01, 2.0, [past()], True, None),
        (0.02, 0.01, 1.0, [past()], False, None),
        (0.02, -0.01, 2.0, [past()], False, "that is not significant"),
        (0.02, 0.01, 2.0, [], False, "it is the first window"),
        (0.02, 0.01, 2.0, [past(outcome="refused")], False, "a retrain was refused since"),
        (-0.02, -0.03, 2.0, [past()], False, None),
    ],
)
def test_retrain_is_worth_it_if_the_last_one_gained_so_much_in_proportion(
    predictions, gain, low, ages, history, fired, doubt
):
    rule = apply(
        predictions, DriftPolicy(max_metric_drop=0.03), history, LastRetrain("version 1", gain, low, ages)
    )["expected_gain"]

    assert (rule.value, rule.bound) == (pytest.approx(gain * ages), 0.03)
    assert (rule.fired, rule.leads_to) == (fired, "retrain")
    gained = "gained 0.020 in ROC AUC" if gain > 0 else "gained nothing in ROC AUC"
    assert f"the last retrain {gained} over version 1" in rule.sentence
    assert f"; but {doubt}." in rule.sentence if doubt else "but" not in rule.sentence


def test_gain_of_a_loss_is_compared_with_a_share_of_its_figure(predictions):
    rule = apply(
        predictions,
        DriftPolicy(max_metric_drop="10 %"),
        [past()],
        LastRetrain("version 1", 0.05, 0.04, 2.0),
    )["expected_gain"]
    assert rule.bound == pytest.approx(0.1 * predictions.figure.reference)


@pytest.mark.parametrize(
    ("last_retrain", "words"),
    [
        (None, "no model before"),
        (LastRetrain.unknown("version 1", "it is gone"), "cannot be compared with version 1: it is gone."),
    ],
)
def test_unknown_gain_of_the_last_retrain_never_fires(predictions, last_retrain, words):
    rule = apply(predictions, POLICY, [past()], last_retrain)["expected_gain"]
    assert (rule.value, rule.fired) == (None, False)
    assert words in rule.sentence


def columns(predictions, *observed):
    (column,) = predictions.columns
    return tuple(
        dataclasses.replace(column, name=f"c{i}", expected=0.3, observed=ComparedValue(0.3, rate, 0.01))
        for i, rate in enumerate(observed)
    )


def test_calibration_gap_is_two_sided_and_unknown_without_labels(predictions):
    for rate in (0.2, 0.4):
        rule = apply(predictions, columns=columns(predictions, rate))["max_calibration_gap"]
        assert rule.exceeded
        assert rule.value == pytest.approx(0.1)
    assert rule.sentence == "the share of positive labels is 40.0%, expected 30.0%."
    unknown = apply(predictions, columns=columns(predictions, None))["max_calibration_gap"]
    assert (unknown.value, unknown.sentence) == (None, "the labels are delayed.")


def test_calibration_rule_is_about_the_worst_column_and_adjusts_for_their_number(predictions):
    rule = apply(predictions, columns=columns(predictions, 0.31, 0.2, 0.3))["max_calibration_gap"]
    assert rule.value == pytest.approx(0.1)
    one, many = (
        apply(predictions, columns=columns(predictions, 0.326, *[0.3] * more))["max_calibration_gap"].p_value
        for more in (0, 9)
    )
    assert many == pytest.approx(10 * one)


def test_slice_rule_names_the_largest_significant_drop(predictions):
    slices = tuple(
        SliceDrift("carrier", name, 500, ComparedValue(0.8, auc, error))
        for name, auc, error in (("UA", 0.3, 0.4), ("B6", 0.6, 0.01), ("HA", 0.79, 0.01))
    )
    rule = apply(predictions, slices=slices)["max_slice_metric_drop"]
    assert rule.exceeded
    assert rule.sentence == "where carrier is B6, ROC AUC went from 0.800 to 0.600."


def apply_to(window, policy=POLICY, **changes):
    return apply(window.predictions, policy, **changes)


def test_rise_of_a_loss_is_a_drop_and_is_told_in_its_unit(numbers, draw_numbers):
    worse = measure(numbers, *draw_numbers(seed=2, noise=1.5))
    rule = apply_to(worse, DriftPolicy())["max_metric_drop"]
    figure = worse.predictions.figure
    assert (rule.exceeded, rule.value) == (True, figure.change)
    assert rule.bound == pytest.approx(0.1 * figure.reference)
    said = f"MAE rose from {figure.reference:.4g} to {figure.window:.4g} EUR, by more than the 10 % allowed."
    assert rule.sentence == said


def test_fall_of_a_loss_is_no_drop(numbers, draw_numbers):
    better = measure(numbers, *draw_numbers(seed=2, noise=0.5))
    rule = apply_to(better, DriftPolicy(max_metric_drop=0.5))["max_metric_drop"]
    assert rule.value < 0
    assert not rule.exceeded
    assert rule.sentence.endswith("it may rise by 0.5 EUR.")


def test_metric_that_cannot_be_estimated_says_so_and_never_fires(numbers, draw_numbers):
    features, predictions, _ = draw_numbers(seed=2, shift=3.0)
    blind = measure(numbers, features, predictions, metric="r2")
    rule = apply_to(blind, DriftPolicy(metric="r2"))["max_estimated_metric_drop"]
    assert (rule.value, rule.exceeded, rule.fired) == (None, False, False)
    assert rule.sentence.startswith("R² is not estimated")


def test_labels_above_their_quantiles_exceed_the_calibration_gap(quantiles, draw_quantiles):
    biased = measure(quantiles, *draw_quantiles(seed=2, bias=8.0))
    rule = apply_to(biased, DriftPolicy())["max_calibration_gap"]
    assert rule.exceeded
    assert rule.bound == 0.05
    assert rule.sentence.startswith("the share of labels up to the quantile 0.5 is ")


def test_bias_of_numbers_exceeds_the_calibration_gap_relative_to_their_spread(numbers, draw_numbers):
    deviation = numbers.predictions.columns["prediction"].deviation
    biased = measure(numbers, *draw_numbers(seed=2, bias=0.3 * deviation))
    rule = apply_to(biased, DriftPolicy())["max_calibration_gap"]
    assert rule.exceeded
    assert rule.bound == pytest.approx(0.2 * deviation)
    assert rule.sentence.startswith("the mean of label minus prediction is ")
    assert "EUR, expected" in rule.sentence


def test_slice_rule_is_unknown_without_slices(predictions):
    assert apply(predictions, slices=())["max_slice_metric_drop"].sentence == "no slice has enough labels."
