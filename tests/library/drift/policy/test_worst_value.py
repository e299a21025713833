"""The worst of several values with their own bounds."""

from __future__ import annotations

import pytest

from trimtab.drift.policy.worst_value import BoundedValue, find_worst


@pytest.mark.parametrize(
    ("values", "worst"),
    [
        ([BoundedValue(0.3, 0.1, 0.001), BoundedValue(0.5, 0.1, 0.5)], 0),
        ([BoundedValue(0.3, 0.1, 0.001), BoundedValue(0.5, 0.1, 0.001)], 1),
        ([BoundedValue(0.05, 0.1, 0.001), BoundedValue(0.02, 0.1, 0.001)], 0),
        ([BoundedValue(5.0, 4.0, 0.001), BoundedValue(3.0, 1.0, 0.001)], 1),
    ],
)
def test_worst_value_is_significant_and_furthest_beyond_its_bound(values, worst):
    assert find_worst(values, level=0.01) == worst
