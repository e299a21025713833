"""Rounding: further digits of a figure depend on the order of summation."""

from __future__ import annotations

import math

DIGITS = 6  # after the point; as many significant digits of a smaller number


def round_figure(value: float) -> float:
    """Return a number with six digits after the point, or with six significant ones if that is more."""
    return round(value, decimals_of(value))


def decimals_of(value: float) -> int:
    """Return how many digits after the point a number is rounded to."""
    if value == 0 or not math.isfinite(value):
        return DIGITS
    return max(DIGITS, DIGITS - 1 - math.floor(math.log10(abs(value))))
