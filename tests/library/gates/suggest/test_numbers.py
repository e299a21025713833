"""Drafts on number columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.gates.suggest.conftest import by_type
from trimtab.gates.suggest.numbers import draft_numbers

ROWS = 1000
RANDOM = np.random.default_rng(0)
NORMAL = RANDOM.normal(100, 5, ROWS)


def drafts(reference, values, name="x"):
    return by_type(draft_numbers(name, reference(pd.DataFrame({name: values}))))


def test_bounds_have_room_beyond_the_range_and_no_negative_value_where_none_was(reference):
    between = drafts(reference, np.abs(NORMAL - 100))["column_values_to_be_between"].kwargs
    assert between["min_value"] == 0
    assert between["max_value"] > np.abs(NORMAL - 100).max()


def test_month_has_the_bounds_of_the_calendar(reference, random):
    between = drafts(reference, random.integers(3, 6, ROWS), "month")["column_values_to_be_between"]
    assert (between.kwargs["min_value"], between.kwargs["max_value"]) == (1, 12)
    assert "calendar" in between.evidence


def test_codes_with_gaps_are_a_set(reference, random):
    in_set = drafts(reference, random.choice([10, 20, 40], ROWS))["column_values_to_be_in_set"]
    assert in_set.kwargs["value_set"] == [10, 20, 40]


def test_whole_numbers_without_gaps_are_no_set(reference, random):
    assert "column_values_to_be_in_set" not in drafts(reference, random.integers(0, 5, ROWS))


def test_quantiles_of_a_table_lie_in_their_ranges(reference):
    ranges = drafts(reference, NORMAL)["column_quantile_values_to_be_between"].kwargs["quantile_ranges"]
    for share, (low, high) in zip(ranges["quantiles"], ranges["value_ranges"], strict=True):
        found = np.quantile(NORMAL, share)
        assert low is None or low < found
        assert high is None or found < high


def test_few_files_of_a_series_get_coarse_moments_instead_of_quantiles(reference):
    good = reference(of_2013_01=pd.DataFrame({"x": NORMAL}), of_2013_02=pd.DataFrame({"x": NORMAL + 1}))
    found = by_type(draft_numbers("x", good))
    assert "column_quantile_values_to_be_between" not in found
    mean = found["column_mean_to_be_between"].kwargs
    assert mean["min_value"] < NORMAL.mean() < NORMAL.mean() + 1 < mean["max_value"]


@pytest.mark.parametrize("values", [[7] * ROWS, [7.0] * ROWS], ids=["integer", "float"])
def test_constant_has_bounds_only(reference, values):
    assert set(drafts(reference, values)) == {"column_values_to_be_between"}


def test_infinite_values_get_no_draft(reference):
    assert drafts(reference, [1.0, float("inf")] * 50) == {}
