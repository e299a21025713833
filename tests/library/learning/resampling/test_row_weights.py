"""Weights of the rows of a table, and columns that have none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.learning import read_row_weights


@pytest.mark.parametrize("dtype", ["int64", "float32", "Int64", "Float64"])
def test_weights_have_the_mean_one_and_the_ratios_of_the_column(dtype):
    table = pd.DataFrame({"w": pd.Series([0, 1, 3], dtype=dtype)})
    np.testing.assert_allclose(read_row_weights(table, "w"), [0, 0.75, 2.25])


def test_huge_weights_have_a_finite_sum():
    np.testing.assert_allclose(read_row_weights(pd.DataFrame({"w": [1e308, 1e308, 1e308]}), "w"), 1)


def test_rows_have_no_weights_if_no_column_is_declared():
    assert read_row_weights(pd.DataFrame({"w": [1, 2]}), "") is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, None], "The weight 'wight' is null or not finite in 1 of 2 rows"),
        ([1, np.inf], "is null or not finite in 1 of 2 rows"),
        ([1, -0.5], "is negative in 1 of 2 rows"),
        ([0, 0], "is 0 in all 2 rows"),
        ([True, False], "has the type bool, not numbers"),
        (["1", "2"], "not numbers"),
    ],
)
def test_value_that_is_no_weight_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        read_row_weights(pd.DataFrame({"wight": values}), "wight")


def test_weight_that_does_not_exist_is_refused_with_the_nearest_column():
    with pytest.raises(ValueError, match="There is no column 'wieght'; did you mean 'weight'"):
        read_row_weights(pd.DataFrame({"weight": [1.0]}), "wieght")
