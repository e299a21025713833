"""The worst of several values, each with its own bound: of slices, or of columns of predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class BoundedValue(NamedTuple):
    """A value, its bound, and its p-value, adjusted for the number of values."""

    value: float
    bound: float
    p_value: float


def find_worst(values: Sequence[BoundedValue], *, level: float) -> int:
    """Return the place of the value that is furthest beyond its bound and significant.

    If there is none, the place of the one that is furthest beyond its bound, or closest to it.
    """

    def order(place: int) -> tuple[bool, float]:
        value, bound, p_value = values[place]
        return value <= bound or p_value > level, bound - value

    return min(range(len(values)), key=order)
