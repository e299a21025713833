import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.drift.profile import MAX_CATEGORIES, CategoryProfile, NumericProfile, profile_column
from trimtab.errors import DriftError

numbers_or_nothing = st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=200)


def test_numbers_fall_into_tenths():
    profile = profile_column(pd.Series(np.arange(1000.0)))
    assert profile.counts == (100,) * 10
    assert profile.edges[0] == 99


def test_a_frequent_value_has_a_bin_of_its_own():
    dry = profile_column(pd.Series([0.0] * 95 + [1.0, 2.0, 3.0, 4.0, 5.0]))

    below_zero = dry.like(pd.Series([-1.0, 0.0, 7.0]))

    assert dry.counts == (0, 95, 5)
    assert below_zero.counts == (1, 1, 1)


def test_a_constant_tells_what_is_below_from_what_is_above():
    constant = profile_column(pd.Series([7] * 10))
    assert constant.like(pd.Series([6, 7, 7, 8])).counts == (1, 2, 1)


def test_an_all_null_column_is_all_missing():
    profile = profile_column(pd.Series([np.nan] * 5))
    assert (profile.edges, profile.counts, profile.missing) == ((), (0,), 5)


def test_an_all_null_column_that_lost_its_type_is_still_numbers():
    temp = profile_column(pd.Series([1.0, 2.0, 3.0]))
    assert temp.like(pd.Series([None, None], dtype=object)).missing == 2


def test_text_where_numbers_were_is_refused_by_name():
    temp = profile_column(pd.Series([1.0, 2.0, 3.0]))
    with pytest.raises(DriftError, match="'temp' holds values that are not numbers"):
        temp.like(pd.Series(["warm", "cold"], name="temp"))


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_categories_are_counted_the_largest_first_whatever_their_dtype(dtype):
    profile = profile_column(pd.Series(["b", "a", "c", "c", None], dtype=dtype))
    assert list(profile.counts.items()) == [("c", 2), ("a", 1), ("b", 1)]
    assert profile.missing == 1


def test_truth_values_are_categories():
    assert profile_column(pd.Series([True, False, True])).counts == {"True": 2, "False": 1}


def test_an_unseen_category_counts_as_other():
    profile = profile_column(pd.Series(["UA", "B6"]))
    assert profile.like(pd.Series(["UA", "XX", "YY", None])) == CategoryProfile(
        counts={"UA": 1, "B6": 0}, other=2, missing=1
    )


def test_the_smallest_of_very_many_categories_are_pooled():
    names = [f"N{i}" for i in range(MAX_CATEGORIES + 50)]
    profile = profile_column(pd.Series([*names, *names[-10:]]))
    assert (len(profile.counts), profile.other) == (MAX_CATEGORIES, 50)
    assert set(names[-10:]) <= set(profile.counts)


@given(numbers_or_nothing, numbers_or_nothing)
def test_every_row_is_in_exactly_one_bin(one, other):
    profile = profile_column(pd.Series(one, dtype="float64"))

    assert profile.rows == len(one)
    assert profile.like(pd.Series(one, dtype="float64")) == profile
    assert profile.like(pd.Series(other, dtype="float64")).rows == len(other)
    assert NumericProfile.model_validate_json(profile.model_dump_json()) == profile
