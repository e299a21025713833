"""Regression: labels, predictions and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from trimtab.learning import PROBLEM_TYPES, Metric

REGRESSION = PROBLEM_TYPES["regression"]
ROWS = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0]})
LABELS = np.arange(101.0)


@pytest.mark.parametrize("column", [[1, 2], [1.5, -2.5], pd.array([1, 2], dtype="Int64")])
def test_labels_that_are_numbers_are_read(column):
    assert REGRESSION.read_labels(pd.Series(column)).tolist() == [float(value) for value in column]


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (["1", "2"], "has the type (str|object), not numbers"),
        ([True, False], "has the type bool, not numbers"),
        ([1.0, np.inf], "is not finite in 1 of 2 rows"),
        ([1.0, None], "is not finite in 1 of 2 rows"),
    ],
)
def test_other_labels_are_refused(column, problem):
    with pytest.raises(ValueError, match=problem):
        REGRESSION.read_labels(pd.Series(column))


def test_equal_labels_cannot_be_measured():
    assert REGRESSION.find_unmeasurable(np.array([2.5, 2.5])) == "is 2.5 in all 2 rows"


@pytest.mark.parametrize(
    "label", [[1.0, 2.0, 3.0, 4.5], [[1.0], [2.0], [3.0], [4.5]]], ids=["values", "column"]
)
def test_prediction_is_a_value_for_each_row(label):
    model = LinearRegression().fit(ROWS, label)

    assert REGRESSION.predict(model, ROWS).shape == (4,)
    assert REGRESSION.find_unfit(model) == ""


def test_classifier_is_unfit():
    assert REGRESSION.find_unfit(LogisticRegression().fit(ROWS, [0, 0, 1, 1])) == "it is a classifier"
    assert REGRESSION.find_unfit(object()) == "it has no method predict"


def test_predictions_that_are_not_finite_are_counted():
    assert REGRESSION.find_invalid(np.array([1.0, np.nan, np.inf])) == "2 of 3 predictions are not finite"
    assert REGRESSION.find_invalid(np.zeros((3, 2))) == "the model predicts 2 numbers for a row, not one"
    assert REGRESSION.find_invalid(np.array([1.0, -1e9])) == ""


@pytest.mark.parametrize(
    ("name", "unit"), [("mae", "EUR"), ("bias", "EUR"), ("r2", ""), ("wape", ""), ("mape", "")]
)
def test_unit_of_a_metric_is_that_of_the_label_or_none(name, unit):
    assert REGRESSION.unit_of(REGRESSION.metrics[name], "EUR") == unit


def test_unit_of_a_metric_of_the_project_is_its_own():
    assert REGRESSION.unit_of(Metric("cost", greater_is_better=False, unit="USD"), "EUR") == "USD"


def test_metrics_in_the_unit_of_the_label_exist():
    assert set(REGRESSION.metrics) > REGRESSION.metrics_in_label_unit


def test_prediction_of_a_row_has_no_class_and_no_threshold():
    assert REGRESSION.of_class(LABELS, None) is LABELS
    assert not REGRESSION.takes_threshold


def test_labels_are_summarized_by_their_median_and_the_middle_80_percent():
    assert REGRESSION.summarize_labels(LABELS) == "is 50 in the median of 101 rows, and 10 to 90 in 80 %"


def test_prediction_from_a_feature_is_the_mean_label_of_similar_values():
    found = REGRESSION.predict_from_feature(pd.Series(LABELS), LABELS)
    assert np.abs(found - LABELS).max() < 12
