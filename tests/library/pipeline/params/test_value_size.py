"""Size limits of an override."""

from __future__ import annotations

import pytest

from trimtab.pipeline.params.value_size import MAX_BITS, MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES, find_excess


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        1,
        "text",
        None,
        [1, {"a": 2.5}],
        2**MAX_BITS - 1,
        "x" * MAX_CHARACTERS,
        nested(MAX_DEPTH),
        [0] * (MAX_VALUES - 1),
    ],
    ids=["int", "text", "none", "nested", "bits", "characters", "depth", "values"],
)
def test_value_within_the_limits_has_no_excess(value):
    assert find_excess(value) == ""


@pytest.mark.parametrize(
    ("value", "excess"),
    [
        ([0] * (MAX_VALUES + 1), "more than 10,000 values"),
        ("x" * (MAX_CHARACTERS + 1), "more than 100,000 characters"),
        ({"x" * 60_000: "y" * 60_000}, "more than 100,000 characters"),
        (nested(MAX_DEPTH + 1), "nested more than 20 levels deep"),
        (2**MAX_BITS, "more than 63 bits"),
        ([float("nan")], "not finite"),
    ],
    ids=["values", "characters", "keys", "depth", "bits", "nan"],
)
def test_value_above_a_limit_has_the_excess_that_names_it(value, excess):
    assert excess in find_excess(value)
