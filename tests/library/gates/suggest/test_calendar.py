"""Columns that are parts of a date, coordinates or times, by name and values."""

from __future__ import annotations

import pandas as pd
import pytest

from trimtab.gates.suggest.calendar import (
    as_times,
    is_time,
    is_whole,
    is_year,
    last_word,
    limits,
    named_after_period,
    time_columns,
)


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("month", [1, 12], (1, 12)),
        ("order_month", [2, 3], (1, 12)),
        ("orderMonth", [2.0, None], (1, 12)),
        ("month", [1, 13], None),
        ("month", [1.5], None),
        ("weekday", [0, 6], (0, 6)),
        ("weekday", [1, 7], (1, 7)),
        ("lat", [40.6], (-90, 90)),
        ("lat", [120.0], None),
        ("monthly_total", [3], None),
    ],
)
def test_calendar_or_globe_bounds_a_column_whose_name_and_values_fit(name, values, found):
    assert limits(name, pd.Series(values)) == found


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [("year", [2013], True), ("birth_yr", [1950], True), ("year", [13], False), ("years", [2013], False)],
)
def test_years_are_whole_numbers_of_a_column_named_so(name, values, found):
    assert is_year(name, pd.Series(values)) is found


def test_integers_with_nulls_are_whole_and_fractions_and_texts_are_not():
    assert is_whole(pd.Series([1.0, None, 3.0]))
    assert not is_whole(pd.Series([1.5, 2.0]))
    assert not is_whole(pd.Series(["1"]))


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (pd.Series(pd.to_datetime(["2013-01-01"])), True),
        (pd.Series(["2013-01-01T00:00:00Z", None], dtype=object), True),
        (pd.Series(["2013-01-01T00:00:00Z", "late"], dtype=object), False),
        (pd.Series(["2013-01-01"], dtype=object), False),
        (pd.Series([None], dtype=object), False),
        (pd.Series([20130101]), False),
    ],
    ids=["time", "ISO text", "one is no time", "day", "nothing", "number"],
)
def test_column_of_times_or_iso_texts_is_a_time(column, found):
    assert is_time(column) is found


def test_iso_texts_of_several_zones_become_times_of_one():
    found = as_times(pd.Series(["2013-01-01T00:00:00Z", "2013-01-01T00:00:00-05:00"]))
    assert found.tolist() == [pd.Timestamp("2013-01-01 00:00"), pd.Timestamp("2013-01-01 05:00")]


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("raw/2013-05.parquet", True),
        ("2013.csv.gz", True),
        ("20130501.csv", True),
        ("flights-2013.csv", False),
    ],
)
def test_file_is_named_after_a_period_if_its_name_is_nothing_else(file, found):
    assert named_after_period(file) is found


def test_rows_are_ordered_by_the_time_with_most_values_or_by_the_parts_of_a_date():
    times = pd.to_datetime(["2013-01-01", "2013-01-02"])
    assert time_columns(pd.DataFrame({"first": [times[0]] * 2, "at": times, "hour": [1, 2]})) == ["at"]
    parts = pd.DataFrame({"hour": [1, 2], "month": [1, 2], "year": [2013, 2013], "delay": [1, 2]})
    assert time_columns(parts) == ["year", "month", "hour"]
    assert time_columns(parts.drop(columns="year")) == []


@pytest.mark.parametrize(
    ("name", "word"), [("orderMonth", "month"), ("order_month", "month"), ("MONTH", "month"), ("1", "")]
)
def test_last_word_of_a_name_is_found_in_any_spelling(name, word):
    assert last_word(name) == word
