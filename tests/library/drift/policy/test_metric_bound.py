"""Bounds on a metric, absolute and relative."""

from __future__ import annotations

import pytest

from trimtab.drift import DriftPolicy
from trimtab.drift.policy.metric_bound import MetricBound, drop_bound
from trimtab.learning import PROBLEM_TYPES

METRICS = {name: metric for each in PROBLEM_TYPES.values() for name, metric in each.metrics.items()}


@pytest.mark.parametrize(
    ("declared", "of", "unit", "value", "text"),
    [
        (0.03, 0.8, "", 0.03, "0.03"),
        (2, 40.0, "EUR", 2, "2 EUR"),
        ("5 %", 40.0, "EUR", 2.0, "5 %"),
        ("2.5%", -40.0, "", 1.0, "2.5%"),
    ],
)
def test_bound_is_a_number_or_relative_to_the_reference(declared, of, unit, value, text):
    bound = MetricBound.resolve(declared, of, unit)
    assert (bound.value, bound.text) == (pytest.approx(value), text)


@pytest.mark.parametrize(
    ("metric", "key", "value"),
    [
        ("roc_auc", "max_metric_drop", 0.03),
        ("roc_auc", "max_estimated_metric_drop", 0.05),
        ("roc_auc", "max_slice_metric_drop", 0.1),
        ("r2", "max_metric_drop", 0.03),
        ("log_loss", "max_metric_drop", 0.2),
        ("mae", "max_estimated_metric_drop", 0.3),
        ("mae", "max_slice_metric_drop", 0.6),
    ],
)
def test_default_bound_of_a_loss_is_relative(metric, key, value):
    assert drop_bound(DriftPolicy(), key, METRICS[metric], 2.0, "").value == pytest.approx(value)


def test_declared_bound_replaces_the_default():
    policy = DriftPolicy(max_metric_drop="50 %")
    assert drop_bound(policy, "max_metric_drop", METRICS["roc_auc"], 0.8, "").value == pytest.approx(0.4)
