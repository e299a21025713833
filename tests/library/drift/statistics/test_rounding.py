"""Rounding of figures of any scale."""

import math

import pytest

from trimtab.drift.statistics.rounding import decimals_of, round_figure


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.7312345678, 0.731235),
        (-12.00000049, -12.0),
        (123456.123456789, 123456.123457),
        (0.0123456789, 0.0123457),
        (3.14159265e-9, 3.14159e-9),
        (0.0, 0.0),
    ],
)
def test_figure_has_six_decimals_or_six_significant_digits_if_that_is_more(value, rounded):
    assert round_figure(value) == rounded


def test_decimals_of_what_is_not_finite_are_six():
    assert decimals_of(math.inf) == decimals_of(math.nan) == 6
