"""Values that are compared between the reference window and the current window."""

from __future__ import annotations

import dataclasses

import pytest

from trimtab.drift.measurement.measurement import ComparedValue


def test_compared_value_change_is_exact_at_a_bound():
    assert ComparedValue(0.73, 0.70).change == -0.03


def test_compared_value_change_of_a_tiny_figure_keeps_its_digits():
    assert ComparedValue(3.2e-7, 4.0e-7).change == pytest.approx(0.8e-7)


def test_compared_value_change_is_none_when_the_window_is_unknown():
    assert ComparedValue(0.73, None).change is None


@pytest.mark.parametrize(("window", "known"), [(0.7, True), (None, False)])
def test_performance_is_known_only_when_the_metric_of_the_policy_is(same_world, window, known):
    performance = {**same_world.predictions.performance, "roc_auc": ComparedValue(0.73, window)}

    predictions = dataclasses.replace(same_world.predictions, performance=performance)

    assert predictions.performance_known is known
