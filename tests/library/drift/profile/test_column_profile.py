import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.drift.profile.binning import MAX_CATEGORIES, empty_profile
from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.errors import DriftError

floats_or_nan = st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=200)


def column(values, type_=None):
    return pa.array(values, type=type_, from_pandas=True)


def counted(profile, values):
    """Return the profile of values in the bins of a profile."""
    array = values if isinstance(values, pa.Array) else column(values)
    codes = profile.bin_indices(array, "temp")
    return profile.with_bin_counts(np.bincount(codes, minlength=len(profile.bin_counts())))


def profiled(values):
    array = values if isinstance(values, pa.Array) else column(values)
    return counted(empty_profile("temp", array), array)


def test_numeric_profile_has_40_bins_in_10_groups():
    profile = profiled(np.arange(1000.0))
    assert profile.counts == (25,) * 40
    assert profile.edges[0] == 24
    assert np.add.reduceat(profile.bin_counts(), profile.group_starts()).tolist() == [100] * 10 + [0]


def test_frequent_value_has_its_own_bin_and_group():
    dry = profiled([0.0] * 95 + [1.0, 2.0, 3.0, 4.0, 5.0])

    below_zero = counted(dry, [-1.0, 0.0, 7.0])

    assert np.add.reduceat(dry.bin_counts(), dry.group_starts()).tolist() == [0, 95, 5, 0]
    assert np.add.reduceat(below_zero.bin_counts(), dry.group_starts()).tolist() == [1, 1, 1, 0]


def test_constant_column_has_a_bin_below_and_a_bin_above():
    assert counted(profiled([7] * 10), [6, 7, 7, 8]).counts == (1, 2, 1)


def test_null_column_is_counted_as_missing():
    profile = profiled(column([None] * 5, pa.float64()))
    assert (profile.edges, profile.counts, profile.missing) == ((), (0,), 5)


def test_null_column_without_type_is_counted_as_missing_numbers():
    assert counted(profiled([1.0, 2.0, 3.0]), pa.nulls(2)).missing == 2


@pytest.mark.parametrize("values", [["warm", "cold"], ["1.5", "2.5"], [True, False]])
def test_column_that_is_not_numeric_any_more_is_refused_by_name(values):
    with pytest.raises(DriftError, match="The column 'temp' is not numeric"):
        counted(profiled([1.0, 2.0, 3.0]), values)


def test_nested_column_is_refused_by_name():
    with pytest.raises(DriftError, match="The column 'temp' is neither numeric nor categorical"):
        empty_profile("temp", column([[1], [2]]))


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_categories_of_any_string_type_are_counted_largest_first(type_):
    profile = profiled(column(["b", "a", "c", "c", None], type_))
    assert list(profile.counts.items()) == [("c", 2), ("a", 1), ("b", 1)]
    assert profile.missing == 1


def test_booleans_are_categories():
    assert profiled([True, False, True]).counts == {"true": 2, "false": 1}


def test_unlisted_category_is_counted_as_other():
    profile = profiled(["UA", "B6"])
    assert counted(profile, ["UA", "XX", "YY", None]) == CategoryProfile(
        counts={"B6": 0, "UA": 1}, other=2, missing=1
    )


def test_smallest_of_too_many_categories_are_pooled():
    names = [f"N{i}" for i in range(MAX_CATEGORIES + 50)]
    profile = profiled([*names, *names[-10:]])
    assert (len(profile.counts), profile.other) == (MAX_CATEGORIES, 50)
    assert set(names[-10:]) <= set(profile.counts)


@settings(deadline=None)  # the duration is not a property: a busy machine is slow
@given(floats_or_nan, floats_or_nan)
def test_each_row_is_in_exactly_one_bin(one, other):
    profile = profiled(column(one, pa.float64()))

    assert profile.rows == len(one)
    assert counted(profile, column(other, pa.float64())).rows == len(other)
    assert sorted(set(profile.group_starts())) == profile.group_starts()
    assert NumericProfile.model_validate_json(profile.model_dump_json()) == profile


def test_groups_of_an_error_model_are_neighbours_of_which_the_outer_ones_keep_their_bins():
    numeric = NumericProfile(edges=(0.0, 1.0, 2.0, 3.0, 4.0), counts=(10, 10, 50, 50, 10, 10), missing=0)
    assert numeric.group_starts() == [0, 2, 3, 4, 6]
    assert numeric.error_group_of_bin().tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert numeric.ordered_groups == 6  # the bin of missing values is no neighbour


def test_each_category_is_a_group_of_an_error_model_and_in_no_order():
    category = CategoryProfile(counts={"a": 1, "b": 1}, other=0, missing=0)
    assert category.error_group_of_bin().tolist() == [0, 1, 2, 3]
    assert category.ordered_groups == 0
