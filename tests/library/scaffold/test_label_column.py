"""The problem type is guessed from the label; a label that cannot be predicted is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from trimtab.errors import ConfigError
from trimtab.learning import PROBLEM_TYPES
from trimtab.scaffold.label_column import MADE, describe_label, require_problem_type

RANDOM = np.random.default_rng(0)


def described(values, problem_type=None):
    return describe_label("label", pd.DataFrame({"label": values}), problem_type)


@pytest.mark.parametrize(
    ("values", "problem_type"),
    [
        ([0, 1] * 50, "binary"),
        ([True, False] * 50, "binary"),
        (["yes", "no"] * 50, "binary"),
        (["a", "b", "c"] * 40, "multiclass"),
        ([3, 4, 5] * 40, "multiclass"),
        (list(range(100)), "regression"),
        (RANDOM.normal(size=100), "regression"),
    ],
)
def test_problem_type_is_guessed_from_the_label(values, problem_type):
    label = described(values)
    assert label.problem_type == problem_type
    assert [guess.value for guess in label.guesses if guess.what == "problem type"] == [problem_type]


def test_given_problem_type_is_no_guess():
    label = described([3, 4, 5, 6] * 40, "regression")
    assert label.problem_type == "regression"
    assert label.guesses == ()


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["yes", "no"] * 50, "yes"),
        (["good", "bad"] * 50, "bad"),
        (["spam"] * 70 + ["ham"] * 30, "spam"),
        (["left"] * 70 + ["right"] * 30, "right"),
        ([1, 2] * 50, 1),
    ],
)
def test_positive_label_is_the_one_that_means_yes_or_the_rarer_one(values, positive):
    assert described(values).positive == positive


def test_labels_0_and_1_have_no_other_positive_label():
    assert described([0.0, 1.0, None] * 50).positive is None


def test_rows_without_a_label_are_counted():
    (guess,) = [guess for guess in described([0.0, 1.0, None] * 50).guesses if "without" in guess.what]
    assert guess.why == "50 of 150 rows have no label"


@pytest.mark.parametrize(
    ("values", "problem_type", "message"),
    [
        ([1] * 100, None, "1 distinct value"),
        ([None] * 100, None, "0 distinct value"),
        ([f"text {number}" for number in range(100)], None, "neither classes nor a number"),
        (["a", "b", "c"] * 40, "binary", "3 values, not two"),
        (["a", "b", "c"] * 40, "regression", "not numbers"),
        (RANDOM.normal(size=100), "multiclass", "not whole"),
        ([1.0, 2.5, np.inf] * 40, "regression", "infinite"),
        (["a"] * 99 + ["b"], None, "only 1 rows have the label 'b'"),
        (
            pd.to_datetime(["2024-01-01", "2024-01-02"] * 50),
            None,
            "a type that no model predicts: datetime64",
        ),
        ([date(2024, 1, 1), date(2024, 1, 2)] * 50, None, "a type that no model predicts: date"),
        ([["a"], ["b"]] * 50, None, "a type that no model predicts: mixed"),
    ],
)
def test_label_that_cannot_be_predicted_is_refused(values, problem_type, message):
    with pytest.raises(ConfigError, match=message):
        described(values, problem_type)


def test_column_that_does_not_exist_is_refused_with_the_nearest_one():
    with pytest.raises(ConfigError, match="no column 'lable'; did you mean 'label'"):
        describe_label("lable", pd.DataFrame({"label": [0, 1] * 50}), None)


def test_each_problem_type_of_the_library_is_made_or_refused():
    assert set(MADE) <= set(PROBLEM_TYPES)
    for name in MADE:
        require_problem_type(name)
    for name in set(PROBLEM_TYPES) - set(MADE):
        with pytest.raises(ConfigError, match=f"makes no pipeline of the problem type {name}"):
            require_problem_type(name)


def test_unknown_problem_type_is_refused_with_the_nearest_one():
    with pytest.raises(ConfigError, match="no such problem type: regresion; did you mean 'regression'"):
        require_problem_type("regresion")
