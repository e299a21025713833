"""A loaded model that predicts for tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression

from tests.library.registry.rows import FEATURES
from trimtab.errors import RegistryError
from trimtab.learning import BINARY, PROBLEM_TYPES
from trimtab.registry.loading.scoring_model import ScoringModel

ROWS = pd.DataFrame({"distance": [0.1, 0.4, 0.6, 0.9], "hour": [5.0, 9.0, 14.0, 20.0]})
FITTED = {
    "binary": (LogisticRegression(), [0, 0, 1, 1]),
    "multiclass": (LogisticRegression(), ["a", "b", "c", "c"]),
    "regression": (LinearRegression(), [0.5, 1.5, 3.5, 8.0]),
}


def load(estimator: BaseEstimator, labels: list[object], problem: str = "binary") -> ScoringModel:
    """Fit an estimator on the rows, and load it as a model of the problem type."""
    fitted = estimator.fit(ROWS, labels)
    return ScoringModel.load(fitted, ("distance", "hour"), "demand version 3", PROBLEM_TYPES[problem])


def test_scoring_model_names_the_columns_that_a_table_lacks(strong):
    model = ScoringModel(strong, tuple(FEATURES), "published version 1")

    with pytest.raises(RegistryError, match=r"lacks columns .* reads: carrier, hour"):
        model.predict(pd.DataFrame({"distance": [1.0]}))


def test_scoring_model_gives_the_probability_of_the_positive_class_in_any_order_of_columns():
    model = load(*FITTED["binary"])
    table = ROWS[["hour", "distance"]].assign(carrier="UA")

    np.testing.assert_array_equal(model.predict(table), model.estimator.predict_proba(ROWS)[:, 1])


@pytest.mark.parametrize("name", FITTED)
def test_scoring_model_predicts_in_the_shape_of_its_problem_type_and_has_no_fault(name):
    model = load(*FITTED[name], name)

    assert model.predict(ROWS).reshape(4, -1).shape == (4, len(model.problem.columns))
    assert model.find_fault(ROWS) == ""


def test_scoring_model_gives_probability_0_to_a_class_that_only_a_wider_problem_type_has():
    model = load(*FITTED["multiclass"], "multiclass")
    wider = model.problem.with_classes_of((), [pd.Series(["z"])])

    found = model.predict(ROWS, wider)

    assert model.problem.classes == ("a", "b", "c")
    assert found.shape == (4, 4)
    assert not found[:, 3].any()


@pytest.mark.parametrize(
    ("estimator", "labels", "problem", "message"),
    [
        (LinearRegression(), [0, 0, 1, 1], "binary", "it gives no probabilities"),
        (LogisticRegression(), ["a", "b", "c", "c"], "binary", "it has 3 classes, not two"),
        (LinearRegression(), [0, 0, 1, 1], "multiclass", "it gives no probabilities"),
        (LogisticRegression(), [0, 0, 1, 1], "regression", "it is a classifier"),
    ],
)
def test_estimator_that_does_not_fit_the_problem_type_is_not_loaded(estimator, labels, problem, message):
    with pytest.raises(
        RegistryError, match=f"demand version 3 does not fit the problem type {problem}: {message}"
    ):
        load(estimator, labels, problem)


class Odd:
    """An estimator with the answers of a test."""

    def __init__(self, answer):
        self.answer = answer

    def predict_proba(self, rows):
        return self.answer(rows)


@pytest.mark.parametrize(
    ("answer", "rows", "fault"),
    [
        (lambda rows: np.full((4, 2), 0.5), ROWS, ""),
        (lambda rows: np.full((4, 2), 0.5), ROWS[:0], "the example has no rows"),
        (lambda rows: np.full((4, 2), 0.5), ROWS[["hour"]], "lacks columns"),
        (lambda rows: np.full((4, 2), np.nan), ROWS, "4 of 4 scores are no probabilities"),
        (lambda rows: np.full((4, 2), 1.1), ROWS, "4 of 4 scores are no probabilities"),
        (lambda rows: np.full((3, 2), 0.5), ROWS, "3 predictions for 4 rows"),
        (lambda rows: [np.full((4, 2), 0.5)] * 2, ROWS, "2 predictions for 4 rows"),
        (lambda rows: rows["no such column"], ROWS, "it fails: 'no such column'"),
    ],
)
def test_fault_of_a_model_says_why_it_does_not_predict_validly(answer, rows, fault):
    found = ScoringModel(Odd(answer), ("distance", "hour"), "demand version 3", BINARY).find_fault(rows)

    assert fault in found
    assert bool(fault) == bool(found)
