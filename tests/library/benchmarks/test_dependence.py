"""The simulation of rows that depend on each other: its draws have the distribution that they should have."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.dependence import ROWS, cases, in_groups, in_time, independent


@pytest.mark.parametrize("dependence", [in_time(0.8), in_groups(0.3)], ids=lambda each: each.name)
def test_dependent_values_have_the_distribution_of_independent_ones(dependence):
    values = dependence.draw(np.random.default_rng(0), ROWS, 200)
    assert (values.mean(), values.std()) == pytest.approx((0, 1), abs=0.03)
    first = values[:-1] if dependence.units.ordered else values[:-60]
    after = values[1:] if dependence.units.ordered else values[60:]
    assert np.mean(first * after) == pytest.approx(0.8 if dependence.units.ordered else 0.3, abs=0.05)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.problem.name)
def test_models_of_the_simulation_are_equal(case):
    labels, one, other = case.draw(np.random.default_rng(0), 50_000, independent)
    metric = case.problem.metrics[case.metric]
    figures = [case.problem.figure(metric, labels, each) for each in (one, other)]
    assert figures[0] == pytest.approx(figures[1], rel=0.02)


def test_rates_of_a_case_are_shares():
    rates = cases()[2].rates(in_groups(0.3), windows=3, resamples=100)
    assert all(0 <= rate <= 1 for rate in rates)
