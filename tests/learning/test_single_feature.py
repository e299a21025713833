"""What one feature alone says about labels, learnt from the other half of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from trimtab.learning.single_feature import mean_by_value, mean_of_similar_values

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.random(1000) < 0.3
PRICES = RANDOM.lognormal(0, 1.2, 4000)
UNIQUE = pd.Series([f"row {number}" for number in range(4000)])


def test_column_of_unique_values_says_no_more_than_the_mean_of_the_other_half():
    assert len(np.unique(mean_by_value(UNIQUE[:1000], LABELS))) == 2
    assert len(np.unique(mean_of_similar_values(UNIQUE, PRICES))) == 2


def test_mean_of_a_value_is_that_of_the_other_half_and_a_null_is_a_value():
    column = pd.Series(["a", "a", "b", "b", None, None])
    labels = np.array([True, False, True, True, False, False])
    assert mean_by_value(column, labels).tolist() == [0, 1, 1, 1, 0, 0]


def test_means_of_several_targets_are_those_of_each():
    targets = np.eye(3)[RANDOM.integers(0, 3, 1000)]
    column = pd.Series(RANDOM.normal(size=1000))
    found = mean_by_value(column, targets)
    np.testing.assert_array_equal(found[:, 1], mean_by_value(column, targets[:, 1]))
    np.testing.assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize(
    "column",
    [PRICES, np.log(PRICES), -(PRICES**2), PRICES.astype("float32")],
    ids=["itself", "logarithm", "square", "float32"],
)
def test_number_that_contains_a_skewed_label_explains_most_of_it(column):
    assert r2_score(PRICES, mean_of_similar_values(pd.Series(column), PRICES)) > 0.85


@pytest.mark.parametrize("value", [None, np.inf], ids=["null", "infinite"])
def test_null_and_infinite_numbers_are_values(value):
    special = np.arange(4000) % 3 == 0
    column = pd.Series(RANDOM.normal(size=4000)).mask(special, value)
    assert r2_score(special, mean_of_similar_values(column, special.astype(float))) > 0.98


def test_number_that_says_nothing_explains_nothing():
    known = mean_of_similar_values(pd.Series(RANDOM.normal(size=4000)), PRICES)
    assert r2_score(PRICES, known) < 0.02
