"""The significance levels: the false alarm rate shared by all tests."""

import dataclasses

import pytest

from trimtab.drift import DriftPolicy, DriftRule
from trimtab.drift.policy.significance_level import SignificanceLevel

LEVELS = SignificanceLevel(of_drop=0.03, of_others=0.01)


def test_half_of_the_rate_belongs_to_the_drop_and_the_rest_to_all_other_tests(same_world):
    policy = DriftPolicy(false_alarm_rate=0.06)
    without_labels = dataclasses.replace(same_world.predictions, labelled=False)
    levels = [
        SignificanceLevel.of_window(dataclasses.replace(same_world, predictions=predictions), policy)
        for predictions in (without_labels, same_world.predictions)
    ]
    assert [level.of_drop for level in levels] == [0.03, 0.03]
    assert [level.of_others for level in levels] == pytest.approx([0.03 / 3, 0.03 / 5])


def test_whole_rate_belongs_to_the_features_of_a_table_without_predictions(same_world):
    table = dataclasses.replace(same_world, predictions=None)
    level = SignificanceLevel.of_window(table, DriftPolicy(false_alarm_rate=0.06), of_project=1)
    assert (level.of_drop, level.of_others) == (0.0, pytest.approx(0.02))


@pytest.mark.parametrize(("p_value", "exceeded"), [(0.0, True), (0.01, True), (0.0101, False)])
def test_bound_is_exceeded_only_if_the_p_value_is_within_the_level(p_value, exceeded):
    rule = DriftRule.tested(
        "features", 1, 0, p_value=p_value, exceeded=True, leads_to="watch", sentence="1 of 2."
    )
    checked = LEVELS.require(rule)
    assert checked.exceeded is exceeded
    assert ("This is not significant (p = 0.01, over 0.01)" in checked.sentence) is not exceeded


@pytest.mark.parametrize("name", ["max_metric_drop", "max_estimated_metric_drop"])
def test_drop_has_a_level_of_its_own(name):
    rule = DriftRule.tested(name, 1, 0, p_value=0.03, exceeded=True, leads_to="retrain", sentence="Worse.")
    assert LEVELS.require(rule).exceeded
