"""Predictions and labels of rows, validated by the problem type."""

import numpy as np
import pandas as pd
import pytest

from trimtab.drift.statistics.scored_rows import ScoredRows
from trimtab.errors import DriftError
from trimtab.learning import BINARY, PROBLEM_TYPES

REGRESSION = PROBLEM_TYPES["regression"]
ANIMALS = PROBLEM_TYPES["multiclass"].with_classes(["cat", "dog"])
EVEN = np.full((2, 2), 0.5)


@pytest.mark.parametrize(
    ("problem", "predictions", "labels", "read"),
    [
        (BINARY, [0.2, 1], [True, False], [True, False]),
        (BINARY, pd.Series([0.2, 0.3], index=[7, 5]), pd.Series([1, 0], index=[5, 7]), [True, False]),
        (REGRESSION, [2.5, -3], [1, 2], [1.0, 2.0]),
        (ANIMALS, EVEN, ["dog", "cat"], [1, 0]),
    ],
)
def test_labels_are_read_as_the_problem_type_reads_them(problem, predictions, labels, read):
    scored = ScoredRows.read(problem, predictions, labels, rows=2)
    assert scored.labels.tolist() == read
    assert scored.predictions.dtype == np.float64
    assert scored.by_column.shape == (2, len(problem.columns))


@pytest.mark.parametrize(
    ("problem", "predictions", "labels", "message"),
    [
        (BINARY, [0.5, 1.5], [0, 1], "1 of 2 scores are no probabilities"),
        (BINARY, [0.5, None], [0, 1], "1 of 2 scores are no probabilities"),
        (BINARY, ["a", "b"], [0, 1], "The predictions are not numbers"),
        (BINARY, [0.5, 0.5], [0, 2], "the label is neither 0 nor 1 in 1 of 2 rows"),
        (BINARY, [0.5, 0.5], ["a", "b"], "the label is neither 0 nor 1 in 2 of 2 rows"),
        (BINARY, [0.5, 0.5], [0], r"The shape of the labels does not fit 2 rows: \(1,\)"),
        (REGRESSION, [1.0, np.inf], [1.0, 2.0], "1 of 2 predictions are not finite"),
        (REGRESSION, [1.0, 2.0], ["a", "b"], "the label has the type"),
        (ANIMALS, [0.5, 0.5], ["cat", "dog"], r"2 rows: \(2,\)[\s\S]*probability_cat, probability_dog"),
        (ANIMALS, EVEN * 2, ["cat", "dog"], "the scores of 2 of 2 rows are no probabilities"),
    ],
)
def test_invalid_predictions_and_labels_are_refused(problem, predictions, labels, message):
    with pytest.raises(DriftError, match=message):
        ScoredRows.read(problem, predictions, labels, rows=2)


def test_rows_without_a_label_are_known_by_their_missing_value():
    scored = ScoredRows.read(REGRESSION, [1.0, 2.0, 3.0], [None, 5.0, None], rows=3)
    assert (scored.known.tolist(), scored.labels.tolist()) == ([False, True, False], [5.0])
    assert scored.predictions_of_known.tolist() == [2.0]


@pytest.mark.parametrize("labels", [None, [None, None], [np.nan, np.nan]])
@pytest.mark.parametrize(
    ("problem", "predictions"), [(BINARY, [0.5, 0.5]), (REGRESSION, [1, 2]), (ANIMALS, EVEN)]
)
def test_rows_without_any_label_are_not_labelled(problem, predictions, labels):
    scored = ScoredRows.read(problem, predictions, labels, rows=2)
    assert not scored.labelled
    assert scored.problem == problem


def test_class_that_only_labels_have_gets_a_column_of_zeros():
    scored = ScoredRows.read(ANIMALS, EVEN, ["cat", "eel"], rows=2)
    assert scored.problem.classes == ("cat", "dog", "eel")
    assert scored.predictions.tolist() == [[0.5, 0.5, 0.0]] * 2
    assert scored.labels.tolist() == [0, 2]


def test_selected_rows_keep_their_labels():
    scored = ScoredRows.read(REGRESSION, [1.0, 2.0, 3.0], [None, 5.0, 6.0], rows=3)
    part = scored.select(np.array([True, False, True]))
    assert (part.predictions.tolist(), part.known.tolist(), part.labels.tolist()) == (
        [1.0, 3.0],
        [False, True],
        [6.0],
    )
