"""The good data that a suite is drafted from, and the margins of its statistics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

RANDOM = np.random.default_rng(0)
HOURS = pd.DataFrame(
    {"time": pd.date_range("2013-01-01", periods=500, freq="h"), "x": RANDOM.normal(size=500)}
)
DAYS = HOURS.assign(time=pd.date_range("2010-01-01", periods=500, freq="D"))
PLAIN = HOURS[["x"]]


@pytest.mark.parametrize(
    ("files", "few"),
    [
        ({"table": PLAIN}, False),
        ({"of_2013_01": PLAIN}, True),
        ({"table": HOURS}, True),
        ({"table": DAYS}, False),
        ({"a": PLAIN, "b": PLAIN}, True),
        ({f"f{number:02}": PLAIN for number in range(12)}, False),
    ],
    ids=["a table", "a month", "less than a year", "more than a year", "two files", "twelve files"],
)
def test_few_files_of_a_series_are_told_from_a_table_by_itself(reference, files, few):
    good = reference(**files)
    assert good.is_short_series is few
    assert good.relation_severity == ("warning" if few else "critical")


def test_columns_without_a_value_and_nested_columns_are_left_out(reference):
    good = reference(PLAIN.assign(empty=None, nested=[[1]] * len(PLAIN)))
    assert good.columns == ["x"]


def test_rows_are_put_in_order_by_their_times(reference):
    assert reference(HOURS).time_order == ["time"]


def test_table_without_times_has_no_order(reference):
    assert reference(PLAIN).time_order == []


def test_events_that_never_happened_may_happen_and_more_rows_leave_a_smaller_share(reference):
    good = reference(PLAIN)
    assert 0 < good.upper_share(0, 500) < good.upper_share(0, 50) <= 1
    assert good.upper_share(50, 500) > 0.1
    assert good.upper_share(500, 500) == 1.0


def test_figure_of_equal_files_has_no_margin_and_that_of_different_files_has_one(reference):
    good = reference(a=PLAIN, b=PLAIN + 3)
    assert good.margin(lambda part: part["x"].std()) == pytest.approx(0)
    assert good.margin(lambda part: part["x"].mean()) == pytest.approx(6)


def test_figure_that_moves_along_time_has_a_larger_margin_than_noise(reference):
    good = reference(DAYS.assign(trend=np.arange(500.0)))
    assert good.margin(lambda part: part["trend"].mean()) > 50
    assert good.margin(lambda part: part["x"].mean()) < 1
