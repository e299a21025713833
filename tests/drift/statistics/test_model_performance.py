"""Model performance, and the validation of scores and labels."""

import numpy as np
import pytest

from trimtab.drift.statistics.model_performance import (
    measure_performance,
    validate_labels,
    validate_scores,
)
from trimtab.errors import DriftError


def test_performance_equals_the_metrics_computed_by_hand():
    performance = measure_performance(np.array([0, 1, 1]), np.array([0.5, 0.25, 1.0]))
    assert performance.roc_auc == 0.5
    assert performance.brier == pytest.approx((0.25 + 0.5625 + 0) / 3, abs=1e-6)
    assert performance.average_precision == pytest.approx((1 + 2 / 3) / 2, abs=1e-6)


def test_performance_of_one_class_is_none():
    assert measure_performance(np.array([1, 1]), np.array([0.5, 0.25])) is None


def test_validated_labels_are_integers_and_validated_scores_floats():
    assert validate_labels([True, False], rows=2).dtype == np.int64
    assert validate_scores([1, 0], rows=2).dtype == np.float64


@pytest.mark.parametrize(
    ("validate", "values", "message"),
    [
        (validate_scores, [0.5, 1.5], "Scores are not probabilities: 1 of 2"),
        (validate_scores, [0.5, None], "Scores are not probabilities: 1 of 2"),
        (validate_labels, [0, 2], "Labels are neither 0 nor 1: 1 of 2"),
        (validate_labels, ["a", "b"], "The labels are not numbers"),
        (validate_labels, [0], r"The shape of the labels does not fit 2 rows: \(1,\)"),
    ],
)
def test_invalid_values_are_refused(validate, values, message):
    with pytest.raises(DriftError, match=message):
        validate(values, rows=2)
