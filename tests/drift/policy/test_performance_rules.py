"""Performance rules: ROC AUC, estimate, age, calibration, slices."""

import dataclasses

import pytest

from trimtab.drift import DriftPolicy, PastWindow
from trimtab.drift.measurement import ComparedValue
from trimtab.drift.measurement.measurement import SliceDrift
from trimtab.drift.policy.performance_rules import performance_rules

POLICY = DriftPolicy(max_calibration_gap=0.05, max_slice_auc_drop=0.1, max_age=2)


def apply(predictions, policy=POLICY, history=(), **changes):
    changed = dataclasses.replace(predictions, **changes)
    return {rule.name: rule for rule in performance_rules(changed, policy, history, level=0.01)}


@pytest.fixture
def predictions(same_world):
    return same_world.predictions


def test_rules_that_retrain_are_before_rules_that_watch(predictions):
    rules = performance_rules(predictions, POLICY, (), level=0.01)
    assert [rule.leads_to for rule in rules] == ["retrain"] * 3 + ["watch"] * 2


def test_estimate_does_not_decide_once_labels_are_known(predictions):
    fallen = ComparedValue(0.8, 0.6, 0.01)
    rule = apply(predictions, estimated_auc=fallen)["max_estimated_auc_drop"]
    assert (rule.exceeded, rule.p_value) == (False, None)
    assert rule.sentence.endswith("The labels are known, so this rule does not decide.")


def test_drop_has_the_one_sided_p_value_of_its_standard_error(predictions):
    performance = {**predictions.performance, "roc_auc": ComparedValue(0.8, 0.7, 0.0608)}
    rule = apply(predictions, performance=performance)["max_auc_drop"]
    assert rule.value == pytest.approx(0.1)
    assert rule.p_value == pytest.approx(0.05, abs=0.001)


def test_max_age_fires_in_the_window_that_reaches_it(predictions):
    past = PastWindow(window="w1", champion="1", decision="none")
    assert not apply(predictions)["max_age"].fired
    assert apply(predictions, history=[past])["max_age"].fired
    assert not apply(predictions, DriftPolicy(max_age=0), [past])["max_age"].fired


def test_calibration_gap_is_two_sided_and_unknown_without_labels(predictions):
    for rate in (0.2, 0.4):
        rule = apply(
            predictions,
            base_rate=ComparedValue(0.3, rate, 0.01),
            expected_base_rate=ComparedValue(0.3, 0.3),
        )["max_calibration_gap"]
        assert rule.exceeded
        assert rule.value == pytest.approx(0.1)
    unknown = apply(predictions, base_rate=ComparedValue(0.3, None))["max_calibration_gap"]
    assert (unknown.value, unknown.sentence) == (None, "the labels are delayed.")


def test_slice_rule_names_the_largest_significant_drop(predictions):
    slices = tuple(
        SliceDrift("carrier", name, 500, ComparedValue(0.8, auc, error))
        for name, auc, error in (("UA", 0.3, 0.4), ("B6", 0.6, 0.01), ("HA", 0.79, 0.01))
    )
    rule = apply(predictions, slices=slices)["max_slice_auc_drop"]
    assert rule.exceeded
    assert rule.sentence == "where carrier is B6, ROC AUC went from 0.800 to 0.600."


def test_slice_rule_is_unknown_without_slices(predictions):
    assert apply(predictions, slices=())["max_slice_auc_drop"].sentence == "no slice has enough labels."
