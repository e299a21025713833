"""A drift statistic of the project: what its function gets, and what it may return."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.drift.statistics import ProjectStatistic
from trimtab.errors import DriftError

COUNTS = [5, 0, 3]


def value(function):
    statistic = ProjectStatistic("shop.drift:distance", function, 0.1, 0.01)
    return statistic.value(np.array(COUNTS), np.array([1, 2, 3]), feature="price")


def test_statistic_is_named_after_its_function():
    assert ProjectStatistic("shop.drift:distance", max, 0.1, 0.01).name == "distance"


def test_function_gets_the_counts_of_reference_and_window():
    assert value(lambda reference, window: float(reference[0] - window[1])) == 3.0


@pytest.mark.parametrize("number", [0, 0.25, np.float32(0.25), np.int64(1)])
def test_number_of_python_or_numpy_is_a_value(number):
    assert type(value(lambda *_: number)) is float


@pytest.mark.parametrize(
    "nonsense", [float("nan"), float("inf"), None, "0.2", True, np.True_, np.array([0.1]), 1j, [0.1]]
)
def test_value_that_is_no_finite_number_is_refused_with_function_feature_and_counts(nonsense):
    with pytest.raises(DriftError, match=r"'shop.drift:distance' returns no finite number") as refused:
        value(lambda *_: nonsense)
    assert "feature price: reference [5, 0, 3], window [1, 2, 3]" in str(refused.value)


def test_function_that_raises_is_refused_with_its_name():
    with pytest.raises(DriftError, match=r"'shop.drift:distance' fails: ZeroDivisionError"):
        value(lambda *_: 1 / 0)


def test_function_cannot_change_the_counts():
    def spoil(reference, window):
        reference[0] = 0
        return 0.0

    with pytest.raises(DriftError, match="fails: ValueError"):
        value(spoil)
