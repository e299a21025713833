"""Whatever a gate finds can be written as JSON."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.value_format import format_arguments, format_value, to_json_value

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.datetimes()
    | st.decimals()
)
VALUES = st.recursive(
    SCALARS, lambda item: st.lists(item) | st.dictionaries(st.text(), item) | st.tuples(item)
)


@settings(deadline=None)  # a busy machine is no failure
@given(VALUES)
def test_any_value_becomes_json_and_stays_the_same_when_done_again(value):
    once = to_json_value(value)

    json.dumps(once, allow_nan=False)
    assert to_json_value(once) == once


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.bool_(False), False),
        (np.int64(3), 3),
        (np.float64(0.1) + np.float64(0.2), 0.3),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (np.array([1.0, np.nan]), [1.0, "nan"]),
        ({"b", "a", "c"}, ["a", "b", "c"]),
        (pd.Timestamp("2013-01-01 05:00"), "2013-01-01T05:00:00"),
        (datetime.date(2013, 1, 1), "2013-01-01"),
        (pd.NaT, "NaT"),
        (pd.NA, "<NA>"),
        (Decimal("1.5"), "1.5"),
        (336776, 336776),
        (1234567.891, 1234567.891),
        (1.7976931348623157e308, 1.7976931348623157e308),
    ],
)
def test_values_that_json_does_not_know(value, expected):
    assert to_json_value(value) == expected
    assert type(to_json_value(value)) is type(expected)


def test_text_is_short_and_shows_whitespace():
    assert format_value(" UA\n") == r"' UA\n'"
    assert format_value("^N\\d+$") == r"'^N\d+$'"
    assert format_value(336776) == "336,776"
    assert format_value({"a": [1, None]}) == "{a=[1, null]}"
    assert format_arguments({"min_value": 0.5, "strict_min": True}) == "min_value=0.5, strict_min=true"
    assert len(format_value("x" * 1000)) == 160


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2013, "2013"),
        (2359.0, "2359"),
        (-1999, "-1999"),
        (10_000, "10,000"),
        (12345.678, "12,345.7"),
        (True, "true"),
    ],
)
def test_year_has_no_thousands_separator_and_no_value_is_written_as_python_writes_it(value, text):
    assert format_value(value) == text
