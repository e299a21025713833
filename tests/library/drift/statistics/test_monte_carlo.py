"""The Monte Carlo test: its p-values are valid, precise enough, the same in every run, and cheap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from trimtab.drift.statistics import (
    MonteCarloTest,
    ProjectStatistic,
    benjamini_hochberg,
    homogeneity_p_value,
    run_monte_carlo_tests,
)

LEVEL = 0.05


class Counting:
    """A statistic that counts its calls: the total variation distance, or Pearson's chi-squared."""

    def __init__(self, *, chi_squared=False):
        self.calls, self.chi_squared = 0, chi_squared

    def __call__(self, reference, window):
        self.calls += 1
        if self.chi_squared:
            table = np.array([reference, window])
            return chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False).statistic
        return float(np.abs(reference / reference.sum() - window / window.sum()).sum() / 2)


def make_tests(function, *samples, effect=1.0, level=LEVEL, features=None):
    statistic = ProjectStatistic("shop.drift:distance", function, 0.0, level)
    tests = [
        MonteCarloTest(statistic, f"x{i}", np.array(reference), np.array(window), design_effect=effect)
        for i, (reference, window) in enumerate(samples)
    ]
    run_monte_carlo_tests(tests, features=features or len(tests), level=level)
    return tests


def draw(seed, *, rows=1000, effect=1):
    """Draw two samples of one distribution, each row `effect` times."""
    shares = np.full(10, 0.1)
    rng = np.random.default_rng(seed)
    return tuple(effect * rng.multinomial(rows // effect, shares) for _ in range(2))


def test_p_value_is_one_plus_exceeding_draws_over_one_plus_draws():
    (test,) = make_tests(Counting(), ([900, 100], [100, 900]))
    assert test.exceeding == 0
    assert test.p_value == 1 / (1 + test.draws)


def test_p_values_are_the_same_in_every_run_and_differ_between_features():
    samples = [draw(1), draw(1)]
    first, second = (make_tests(Counting(), *samples) for _ in range(2))
    assert [test.p_value for test in first] == [test.p_value for test in second]
    assert first[0].p_value != first[1].p_value


@pytest.mark.parametrize("effect", [1, 20])
@pytest.mark.parametrize("chi_squared", [False, True])
def test_samples_of_one_distribution_are_significant_no_more_often_than_the_level(effect, chi_squared):
    samples = [draw(seed, effect=effect) for seed in range(100)]
    tests = [
        make_tests(Counting(chi_squared=chi_squared), pair, effect=effect, level=0.1)[0] for pair in samples
    ]
    significant = sum(test.p_value <= 0.1 for test in tests)
    assert significant <= 19, "of 100 with probability 0.1, 19 or fewer have a probability of 0.998"


def test_p_value_is_near_that_of_the_chi_squared_test():
    reference, window = draw(7)
    window = window + np.array([25, 0, 0, 0, 0, 0, 0, 0, 0, -25])
    (test,) = make_tests(Counting(chi_squared=True), (reference, window), level=0.005)
    assert test.p_value == pytest.approx(homogeneity_p_value(reference, window), rel=0.5)


@pytest.mark.parametrize("drifted", [1, 50])
def test_drifted_features_are_significant_among_many_at_the_same_cost(drifted):
    function = Counting()
    moved = ([900, 100], [100, 900])
    tests = make_tests(function, *([moved] * drifted), features=500, level=0.05)
    p_values = [*(test.p_value for test in tests), *([1.0] * (500 - drifted))]
    assert (benjamini_hochberg(p_values)[:drifted] <= 0.05).all()
    assert function.calls < 1.5 * 2 * 500 / 0.05


def test_one_drifted_feature_is_significant_among_many_that_exceed_the_bound_by_chance():
    moved = ([900, 100], [100, 900])
    tests = make_tests(Counting(), moved, *(draw(seed) for seed in range(40)))
    assert benjamini_hochberg([test.p_value for test in tests])[0] <= LEVEL


def test_samples_without_drift_end_after_few_draws():
    tests = make_tests(Counting(), *(draw(seed) for seed in range(50)), features=500, level=0.001)
    assert np.median([test.draws for test in tests]) < 199
