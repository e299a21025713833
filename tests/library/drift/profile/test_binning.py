"""Histogram bins, chosen from some rows of a column."""

import numpy as np
import pyarrow as pa
import pytest

from trimtab.drift.profile.binning import MAX_CATEGORIES, empty_profile, quantile_edges
from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.errors import DriftError


def test_quantile_edges_part_values_into_equal_bins():
    values = np.arange(1000.0)
    edges = quantile_edges(values, 4)
    assert edges.tolist() == [249, 499, 749]


def test_quantile_edges_of_missing_values_are_empty():
    assert quantile_edges(np.array([np.nan, np.nan])).tolist() == []


def test_frequent_value_has_an_edge_right_below_it():
    edges = quantile_edges(np.array([0.0] * 90 + [1.0] * 10), 10)
    assert edges[-1] == 0
    assert -1e-300 < edges[-2] < 0


def test_infinite_values_are_not_edges():
    assert np.isfinite(quantile_edges(np.array([-np.inf] * 50 + [0.0, 1.0] + [np.inf] * 50))).all()


def test_empty_profile_of_numbers_has_edges_and_no_rows():
    profile = empty_profile("temp", pa.array([1.0, 2.0, 3.0]))
    assert isinstance(profile, NumericProfile)
    assert profile.rows == 0
    assert set(profile.edges) >= {1.0, 2.0}


def test_empty_profile_of_categories_lists_the_largest_first():
    names = [f"N{number:03}" for number in range(MAX_CATEGORIES + 5)]
    profile = empty_profile("tail", pa.array([*names, "N204", "N204", "N100", None]))
    assert isinstance(profile, CategoryProfile)
    assert list(profile.counts)[:3] == ["N204", "N100", "N000"]
    assert (len(profile.counts), profile.rows) == (MAX_CATEGORIES, 0)


def test_nested_column_has_no_bins():
    with pytest.raises(
        DriftError, match="The column 'tags' is neither numeric nor categorical: its type is list"
    ):
        empty_profile("tags", pa.array([[1], [2]]))
