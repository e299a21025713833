import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.drift.profile.column_profile import MAX_CATEGORIES, CategoryProfile, NumericProfile, lay_out
from trimtab.errors import DriftError

numbers_or_nothing = st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=200)


def column(values, type_=None):
    return pa.array(values, type=type_, from_pandas=True)


def counted(profile, values):
    """The profile, in the bins of this one, of other rows."""
    array = values if isinstance(values, pa.Array) else column(values)
    codes = profile.codes(array, "temp")
    return profile.of_weights(np.bincount(codes, minlength=len(profile.weights())))


def profiled(values):
    array = values if isinstance(values, pa.Array) else column(values)
    return counted(lay_out("temp", array), array)


def test_numbers_fall_into_fortieths_and_are_grouped_to_tenths():
    profile = profiled(np.arange(1000.0))
    assert profile.counts == (25,) * 40
    assert profile.edges[0] == 24
    assert np.add.reduceat(profile.weights(), profile.groups()).tolist() == [100] * 10 + [0]


def test_a_frequent_value_has_a_bin_and_a_group_of_its_own():
    dry = profiled([0.0] * 95 + [1.0, 2.0, 3.0, 4.0, 5.0])

    below_zero = counted(dry, [-1.0, 0.0, 7.0])

    assert np.add.reduceat(dry.weights(), dry.groups()).tolist() == [0, 95, 5, 0]
    assert np.add.reduceat(below_zero.weights(), dry.groups()).tolist() == [1, 1, 1, 0]


def test_a_constant_tells_what_is_below_from_what_is_above():
    assert counted(profiled([7] * 10), [6, 7, 7, 8]).counts == (1, 2, 1)


def test_an_all_null_column_is_all_missing():
    profile = profiled(column([None] * 5, pa.float64()))
    assert (profile.edges, profile.counts, profile.missing) == ((), (0,), 5)


def test_an_all_null_column_that_lost_its_type_is_still_numbers():
    assert counted(profiled([1.0, 2.0, 3.0]), pa.nulls(2)).missing == 2


@pytest.mark.parametrize("values", [["warm", "cold"], ["1.5", "2.5"], [True, False]])
def test_what_is_no_number_where_numbers_were_is_refused_by_name(values):
    with pytest.raises(DriftError, match="'temp' holds values that are not numbers"):
        counted(profiled([1.0, 2.0, 3.0]), values)


def test_what_is_neither_number_nor_category_is_refused_by_name():
    with pytest.raises(DriftError, match="'temp' holds neither numbers nor categories"):
        lay_out("temp", column([[1], [2]]))


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_categories_are_counted_the_largest_first_whatever_their_type(type_):
    profile = profiled(column(["b", "a", "c", "c", None], type_))
    assert list(profile.counts.items()) == [("c", 2), ("a", 1), ("b", 1)]
    assert profile.missing == 1


def test_truth_values_are_categories():
    assert profiled([True, False, True]).counts == {"true": 2, "false": 1}


def test_an_unseen_category_counts_as_other():
    profile = profiled(["UA", "B6"])
    assert counted(profile, ["UA", "XX", "YY", None]) == CategoryProfile(
        counts={"B6": 0, "UA": 1}, other=2, missing=1
    )


def test_the_smallest_of_very_many_categories_are_pooled():
    names = [f"N{i}" for i in range(MAX_CATEGORIES + 50)]
    profile = profiled([*names, *names[-10:]])
    assert (len(profile.counts), profile.other) == (MAX_CATEGORIES, 50)
    assert set(names[-10:]) <= set(profile.counts)


@given(numbers_or_nothing, numbers_or_nothing)
def test_every_row_is_in_exactly_one_bin(one, other):
    profile = profiled(column(one, pa.float64()))

    assert profile.rows == len(one)
    assert counted(profile, column(other, pa.float64())).rows == len(other)
    assert sorted(set(profile.groups())) == profile.groups()
    assert NumericProfile.model_validate_json(profile.model_dump_json()) == profile
