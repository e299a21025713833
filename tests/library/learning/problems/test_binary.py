"""Binary classification: labels, predictions and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from trimtab.learning import BINARY

ROWS = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0]})
ONE_OF_FOUR = np.array([True, False, False, False])


@pytest.mark.parametrize(
    "column",
    [[0, 1, 1], [0.0, 1.0, 1.0], [False, True, True], pd.array([0, 1, 1], dtype="Int64")],
    ids=["integers", "floats", "booleans", "nullable integers"],
)
def test_labels_of_0_and_1_are_read(column):
    assert BINARY.read_labels(pd.Series(column)).tolist() == [False, True, True]


@pytest.mark.parametrize("column", [[0, 1, 2], ["yes", "no", "no"], [0.5, 0, 1], [None, 0, 1]])
def test_other_labels_are_refused_with_their_number(column):
    with pytest.raises(ValueError, match=r"is neither 0 nor 1 in [13] of 3 rows"):
        BINARY.read_labels(pd.Series(column))


def test_equal_labels_cannot_be_measured():
    assert BINARY.find_unmeasurable(np.array([True, True])) == "is 1 in all 2 rows"
    assert BINARY.find_unmeasurable(np.array([], dtype=bool)) == "has no rows"
    assert BINARY.find_unmeasurable(np.array([True, False])) == ""


def test_prediction_is_the_probability_of_the_positive_class():
    model = LogisticRegression().fit(ROWS, [0, 0, 1, 1])

    assert BINARY.predict(model, ROWS).tolist() == model.predict_proba(ROWS)[:, 1].tolist()
    assert BINARY.find_unfit(model) == ""


def test_estimator_that_is_no_binary_classifier_is_unfit():
    assert BINARY.find_unfit(LinearRegression()) == "it gives no probabilities"
    assert BINARY.find_unfit(LogisticRegression().fit(ROWS, [0, 1, 2, 2])) == "it has 3 classes, not two"
    assert BINARY.find_unfit(LogisticRegression()) == "it has no classes, not two"


def test_scores_that_are_no_probabilities_are_counted():
    assert BINARY.find_invalid(np.array([0.0, 1.0, 1.1, np.nan])) == "2 of 4 scores are no probabilities"
    assert BINARY.find_invalid(np.array([0.0, 1.0])) == ""


def test_example_has_calibrated_labels():
    labels, scores = BINARY.example(20_000, 0)

    assert labels.mean() == pytest.approx(scores.mean(), abs=0.01)


def test_score_of_a_row_needs_no_class():
    assert BINARY.of_class(ONE_OF_FOUR, None) is ONE_OF_FOUR


def test_labels_are_summarized_by_the_share_of_positives():
    assert BINARY.summarize_labels(ONE_OF_FOUR) == "is 1 in 25.0 % of 4 rows"


def test_prediction_from_a_feature_is_the_share_of_positives_of_a_value():
    found = BINARY.predict_from_feature(pd.Series(list("aabb") * 5), np.tile([True, True, False, False], 5))
    assert found.tolist() == [1, 1, 0, 0] * 5


def test_threshold_turns_scores_into_decisions():
    assert BINARY.takes_threshold
