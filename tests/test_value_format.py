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

from trimtab.value_format import arguments, plain, text

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
    once = plain(value)

    json.dumps(once, allow_nan=False)
    assert plain(once) == once


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
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_text_is_short_and_shows_whitespace():
    assert text(" UA\n") == r"' UA\n'"
    assert text("^N\\d+$") == r"'^N\d+$'"
    assert text(336776) == "336,776"
    assert text({"a": [1, None]}) == "{a=[1, None]}"
    assert arguments({"min_value": 0.5, "strict_min": True}) == "min_value=0.5, strict_min=True"
    assert len(text("x" * 1000)) == 160
