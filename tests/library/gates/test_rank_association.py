"""Association of columns by ranks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from trimtab.gates.rank_association import association, is_ordered, squared_steps, steps

RANDOM = np.random.default_rng(0)
NUMBERS = pd.Series(RANDOM.normal(size=200))
NOISY = NUMBERS + pd.Series(RANDOM.normal(size=200))
CLASSES = pd.Series(np.where(NUMBERS > 0, "high", "low"))


def test_association_of_numbers_is_spearmans_rank_correlation():
    assert association(NUMBERS, NOISY) == pytest.approx(stats.spearmanr(NUMBERS, NOISY).statistic)


def test_association_does_not_change_with_units_and_outliers():
    stretched = np.exp(NOISY)
    stretched[stretched.idxmax()] = 1e12
    assert association(NUMBERS, stretched) == pytest.approx(association(NUMBERS, NOISY))


def test_association_of_a_category_and_numbers_is_the_root_of_kruskals_ratio():
    groups = [NOISY[name == CLASSES] for name in ("high", "low")]
    expected = math.sqrt(stats.kruskal(*groups).statistic / (len(NOISY) - 1))
    assert association(CLASSES, NOISY) == pytest.approx(expected)
    assert association(NOISY, CLASSES) == pytest.approx(expected)


def test_association_of_categories_is_cramers_v():
    other = pd.Series(np.where(NOISY > 0.5, "x", "y"))
    table = pd.crosstab(CLASSES, other)
    assert association(CLASSES, other) == pytest.approx(stats.contingency.association(table, method="cramer"))


def test_association_is_of_the_rows_that_have_both_values():
    holed = NOISY.where(NOISY < 1)
    known = holed.notna()
    assert association(NUMBERS, holed) == pytest.approx(association(NUMBERS[known], NOISY[known]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pd.Series([1.0, 2.0]), pd.Series([3.0, 3.0])),
        (pd.Series(["a", "b"]), pd.Series(["x", "x"])),
        (pd.Series([1.0, None]), pd.Series([None, 2.0])),
    ],
    ids=["constant number", "constant text", "no common row"],
)
def test_association_that_cannot_be_computed_is_nan(one, other):
    assert math.isnan(association(one, other))


def test_steps_are_about_2_if_the_order_says_nothing_and_near_0_along_a_trend():
    frame = pd.DataFrame({"at": range(200), "noise": NUMBERS, "trend": np.arange(200.0)})
    assert steps(frame, "noise", ["at"], None) == pytest.approx(2, abs=0.4)
    assert steps(frame, "trend", ["at"], None) < 0.01


def test_steps_are_taken_in_the_given_order_and_within_a_group():
    frame = pd.DataFrame({"at": [2, 1, 2, 1], "station": ["b", "b", "a", "a"], "value": [20.0, 10, 2, 1]})
    squares, _ = squared_steps(frame, "value", ["at"], "station")
    assert squares.tolist() == [1, 1], "none from station a to station b"


def test_steps_of_a_constant_and_of_one_row_are_nan():
    frame = pd.DataFrame({"at": [1, 2], "value": [5.0, 5.0]})
    assert math.isnan(steps(frame, "value", ["at"], None))
    assert math.isnan(steps(frame.iloc[:1], "value", ["at"], None))


@pytest.mark.parametrize(
    ("values", "ordered"),
    [([1], True), ([1.5], True), (pd.to_datetime(["2013-01-01"]), True), (["a"], False), ([True], False)],
    ids=["integer", "float", "time", "text", "boolean"],
)
def test_numbers_and_times_have_ranks(values, ordered):
    assert is_ordered(pd.Series(values)) is ordered
