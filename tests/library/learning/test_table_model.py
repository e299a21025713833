"""What a model predicts for a table is read by its problem type, and refused in another form."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tests.library.learning.formats.model_files import ROWS
from tests.library.learning.formats.model_folders import COLUMNS
from trimtab.errors import ModelError
from trimtab.learning import PROBLEM_TYPES
from trimtab.learning.table_model import TableModel


def table_model(columns: list[str], width: int) -> TableModel:
    """A model of columns that need not be those it predicts, without a process."""
    process = SimpleNamespace(
        names=("length", "width"), columns=tuple(columns), predict=lambda rows: np.zeros((len(rows), width))
    )
    return TableModel(process)


@pytest.mark.parametrize(
    ("problem", "width", "message"),
    [
        (
            "binary",
            3,
            "predicts 3 numbers for a row, expected is one, the probability of the class 1, or two",
        ),
        ("multiclass", 2, "predicts 2 numbers for a row, expected is 3, the probabilities of its classes"),
        ("regression", 2, "predicts 2 numbers for a row, expected is one, a number"),
        ("quantile", 1, "predicts 1 numbers for a row, expected is 3, its quantiles"),
    ],
)
def test_prediction_of_another_shape_is_refused_with_what_is_expected(problem, width, message):
    estimator = PROBLEM_TYPES[problem].estimator_of(table_model(COLUMNS[problem], width))

    with pytest.raises(ModelError, match=message):
        PROBLEM_TYPES[problem].with_classes_of([estimator]).predict(estimator, ROWS)


@pytest.mark.parametrize("problem", ["binary", "multiclass"])
def test_class_instead_of_probabilities_is_refused(problem):
    process = SimpleNamespace(
        names=(),
        columns=tuple(COLUMNS[problem]),
        predict=lambda rows: np.ones((len(rows), 1), dtype=np.int64),
    )
    estimator = PROBLEM_TYPES[problem].estimator_of(TableModel(process))

    with pytest.raises(ModelError, match="The model predicts integers, no probabilities, expected is"):
        estimator.predict_proba(ROWS)


def test_binary_model_of_two_columns_gives_the_second_one():
    process = SimpleNamespace(names=(), columns=(), predict=lambda rows: np.array([[0.8, 0.2]] * len(rows)))

    estimator = PROBLEM_TYPES["binary"].estimator_of(TableModel(process))

    assert PROBLEM_TYPES["binary"].predict(estimator, ROWS.head(2)).tolist() == [0.2, 0.2]
    assert not hasattr(estimator, "feature_names_in_")


@pytest.mark.parametrize(
    ("problem", "columns", "message"),
    [
        ("multiclass", [], "the columns of predictions are not named after two or more classes"),
        ("quantile", ["low", "high"], "the column 'low' of a quantile is not named quantile_<level>"),
        ("quantile", [], "the levels of the quantiles are not two or more"),
    ],
)
def test_columns_without_the_names_that_a_problem_type_needs_are_refused(problem, columns, message):
    with pytest.raises(ValueError, match=message):
        PROBLEM_TYPES[problem].estimator_of(table_model(columns, 2))
