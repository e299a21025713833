"""A drift statistic of a project, measured on each feature."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.drift import DriftExtensions, DriftPolicy, measure
from trimtab.errors import DriftError

NAME = "shop.drift:distance"


def distance(reference, window):
    """The total variation distance."""
    return float(np.abs(reference / reference.sum() - window / window.sum()).sum() / 2)


def measured(reference, window, function, bound=0.2):
    declared = DriftPolicy(statistics=[{"statistic": NAME, "max": bound}])
    statistics = DriftExtensions.bind(declared, {NAME: function}).statistics
    features = measure(reference, *window, statistics=statistics).features
    return {feature.name: feature.statistics["distance"] for feature in features}


def test_statistic_beyond_its_bound_has_a_p_value_and_the_others_have_none(draw, reference):
    found = measured(reference, draw(seed=2, shift=1.0), distance)

    assert found["temp"].value > 0.2
    assert found["temp"].p_value < 0.01
    assert {one.p_value for name, one in found.items() if name != "temp"} == {None}


def test_statistic_is_equal_for_equal_windows(draw, reference):
    first, again = (measured(reference, draw(seed=2, shift=1.0), distance) for _ in range(2))

    assert first == again


def test_statistic_that_is_no_number_is_refused_with_its_feature(draw, reference):
    with pytest.raises(DriftError, match="distance"):
        measured(reference, draw(seed=2), lambda reference, window: "far")
