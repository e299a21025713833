"""A loaded model that scores tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LinearRegression, LogisticRegression

from tests.registry.rows import FEATURES
from trimtab.errors import RegistryError
from trimtab.registry.loading.scoring_model import ScoringModel, are_probabilities

ROWS = pd.DataFrame({"distance": [0.1, 0.4, 0.6, 0.9], "hour": [5.0, 9.0, 14.0, 20.0]})


def model_of(estimator: ClassifierMixin, labels: list[object]) -> ScoringModel:
    """Fit an estimator on the rows."""
    return ScoringModel(estimator.fit(ROWS, labels), ("distance", "hour"), "demand version 3")


def test_scoring_model_names_the_columns_that_a_table_lacks(strong):
    model = ScoringModel(strong, tuple(FEATURES), "published version 1")

    with pytest.raises(RegistryError, match=r"lacks columns .* reads: carrier, hour"):
        model.score(pd.DataFrame({"distance": [1.0]}))


def test_scoring_model_gives_the_probability_of_the_positive_class_in_any_order_of_columns():
    model = model_of(LogisticRegression(), [0, 0, 1, 1])
    table = ROWS[["hour", "distance"]].assign(carrier="UA")

    np.testing.assert_array_equal(model.score(table), model.estimator.predict_proba(ROWS)[:, 1])


@pytest.mark.parametrize(
    ("estimator", "labels", "message"),
    [
        (LinearRegression(), [0, 0, 1, 1], "gives no probabilities: it is a LinearRegression"),
        (LogisticRegression(), ["a", "b", "c", "c"], "has 3 classes, not two"),
    ],
    ids=["regressor", "three classes"],
)
def test_scoring_model_that_is_no_binary_classifier_is_refused(estimator, labels, message):
    with pytest.raises(RegistryError, match=f"demand version 3 {message}"):
        model_of(estimator, labels).score(ROWS)


@pytest.mark.parametrize(
    ("scores", "probable"), [([0.0, 1.0], True), ([], False), ([0.5, 1.1], False), ([np.nan], False)]
)
def test_probabilities_are_between_0_and_1_and_at_least_one(scores, probable):
    assert are_probabilities(np.array(scores)) is probable
