"""The significance level: the false alarm rate shared by all tests."""

import dataclasses

import pytest

from trimtab.drift import DriftPolicy, DriftRule
from trimtab.drift.policy.significance_level import require_significance, significance_level


def test_level_is_shared_by_two_four_or_six_tests(same_world):
    policy = DriftPolicy(false_alarm_rate=0.06)
    without_labels = dataclasses.replace(same_world.predictions, labelled=False)
    levels = [
        significance_level(dataclasses.replace(same_world, predictions=predictions), policy)
        for predictions in (None, without_labels, same_world.predictions)
    ]
    assert levels == pytest.approx([0.03, 0.015, 0.01])


@pytest.mark.parametrize(("p_value", "exceeded"), [(0.0, True), (0.01, True), (0.0101, False)])
def test_bound_is_exceeded_only_if_the_p_value_is_within_the_level(p_value, exceeded):
    rule = DriftRule.tested(
        "features", 1, 0, p_value=p_value, exceeded=True, leads_to="watch", sentence="1 of 2."
    )
    checked = require_significance(rule, 0.01)
    assert checked.exceeded is exceeded
    assert ("This is not significant (p = 0.01, over 0.01)" in checked.sentence) is not exceeded
