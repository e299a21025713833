"""Regression: labels, predictions and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from trimtab.learning import PROBLEM_TYPES

REGRESSION = PROBLEM_TYPES["regression"]
ROWS = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0]})


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
