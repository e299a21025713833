"""Classification into several classes: classes, labels, predictions and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from trimtab.learning import PROBLEM_TYPES, metric
from trimtab.learning.problems.multiclass import MOST_CLASSES, Multiclass, class_name

MULTICLASS = PROBLEM_TYPES["multiclass"]
ROWS = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0]})
PROBLEM = Multiclass(classes=("a", "b", "c"))
LABELS = np.array([0, 0, 0, 1])


def test_classes_are_those_of_the_models_then_those_of_the_labels():
    old = LogisticRegression().fit(ROWS, ["low", "low", "mid", "mid"])
    new = LogisticRegression().fit(ROWS, ["low", "low", "mid", "top"])

    found = MULTICLASS.with_classes_of([old, new], [pd.Series(["other", None, "low"])])

    assert found.classes == ("low", "mid", "top", "other")
    assert MULTICLASS.classes == ()


def test_class_that_a_model_does_not_know_has_the_probability_0():
    model = LogisticRegression().fit(ROWS, ["mid", "mid", "top", "top"])
    problem = Multiclass(classes=("low", "top", "mid"))

    found = problem.predict(model, ROWS)

    assert (found[:, 0] == 0).all()
    assert found[:, 1].tolist() == model.predict_proba(ROWS)[:, 1].tolist()
    assert problem.find_invalid(found) == ""


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 3, 1]),
        pd.Series([1.0, 3.0, 1.0]),
        pd.Series([1, 3, 1], dtype="Int64"),
        pd.Series(["1", "3", "1"]),
        pd.Series(["1", "3", "1"], dtype="category"),
    ],
    ids=["integers", "floats", "nullable integers", "texts", "categories"],
)
def test_label_is_the_number_of_its_class_whatever_the_type(column):
    model = LogisticRegression().fit(ROWS, [1, 1, 3, 3])

    assert MULTICLASS.with_classes_of([model]).read_labels(column).tolist() == [0, 1, 0]


def test_label_that_is_none_of_the_classes_is_refused():
    with pytest.raises(ValueError, match="is none of the classes a, b in 2 rows"):
        Multiclass(classes=("a", "b")).read_labels(pd.Series(["a", "c", None]))


def test_equal_labels_cannot_be_measured():
    assert Multiclass(classes=("a", "b")).find_unmeasurable(np.array([1, 1])) == "is b in all 2 rows"


def test_estimator_that_is_no_classifier_is_unfit():
    assert MULTICLASS.find_unfit(LinearRegression()) == "it gives no probabilities"
    assert MULTICLASS.find_unfit(LogisticRegression()) == "it has no classes"


@pytest.mark.parametrize(
    "row", [[0.5, 0.6], [1.5, -0.5], [np.nan, 1.0], [0.2, 0.2]], ids=["sum", "range", "nan", "less"]
)
def test_rows_that_are_no_probabilities_are_counted(row):
    found = Multiclass(classes=("a", "b")).find_invalid(np.array([row, [0.3, 0.7]]))

    assert found == "the scores of 1 of 2 rows are no probabilities"


def test_metric_of_a_project_is_tried_once_the_classes_are_known():
    @metric(greater_is_better=False)
    def cost(y_true, y_pred, sample_weight):
        costs = np.array([[0, 1, 5], [1, 0, 2], [9, 3, 0]])
        return np.average(costs[y_true, y_pred.argmax(axis=1)], weights=sample_weight)

    labels, predictions = Multiclass(classes=("a", "b", "c")).example(50, 0)

    assert MULTICLASS.example(50, 0) is None
    assert np.isfinite(Multiclass(classes=("a", "b", "c")).figure(cost, labels, predictions))


def test_columns_of_scores_are_named_after_the_classes():
    assert Multiclass(classes=("a", "b")).columns == ("probability_a", "probability_b")


@pytest.mark.parametrize("value", [1, 1.0, np.int64(1), np.float32(1), "1"])
def test_class_name_of_an_integer_is_that_of_its_float(value):
    assert class_name(value) == "1"


@pytest.mark.parametrize("value", [1.5, True, np.True_, "a b"])
def test_class_name_of_anything_else_is_its_text(value):
    assert class_name(value) == str(value)


@dataclass
class Fitted:
    classes_: Any


def test_labels_of_which_the_model_knows_some_are_accepted():
    assert PROBLEM.find_mismatch(Fitted(["a", "b"]), pd.Series(["b", "z"])) == ""


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["x", "y"], "has none of the classes of the model: a, b"),
        (range(MOST_CLASSES + 1), "has 1,001 distinct values, and a problem has at most 1,000 classes"),
    ],
)
def test_labels_that_are_no_classes_of_the_model_are_named(labels, told):
    assert PROBLEM.find_mismatch(Fitted(["a", "b"]), pd.Series(labels)) == told


def test_score_of_a_class_is_its_probability():
    scores = np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])
    assert PROBLEM.of_class(scores, "c").tolist() == [0.7, 0.4]
    assert Multiclass(classes=("0", "1")).of_class(scores, 1.0).tolist() == [0.2, 0.3]


def test_score_of_an_unknown_class_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="there is no class 'late'; did you mean 'later'"):
        Multiclass(classes=("early", "later")).of_class(np.zeros((1, 2)), "late")


def test_labels_are_summarized_by_the_classes_that_occur():
    told = PROBLEM.summarize_labels(LABELS)
    assert told == "has 2 classes in 4 rows: most often a (75.0 %), most rarely b (25.0 %)"


def test_prediction_from_a_feature_has_a_column_for_each_class():
    found = PROBLEM.predict_from_feature(pd.Series(list("xxyy") * 5), np.tile([0, 0, 1, 1], 5))
    assert found.tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]] * 5
