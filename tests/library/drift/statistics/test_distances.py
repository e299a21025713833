import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy, wasserstein_distance

from trimtab.drift.statistics.distances import (
    jensen_shannon_distance,
    normalized_wasserstein_distance,
    population_stability_index,
    smoothed_psi,
    smoothed_shares,
)

counts = st.lists(st.integers(0, 10**6), min_size=2, max_size=20).filter(any)


def test_psi_equals_the_sum_computed_by_hand():
    # (0.35-0.4)ln(0.35/0.4) + (0.25-0.3)ln(0.25/0.3) + (0.4-0.3)ln(0.4/0.3)
    by_hand = 0.00667657 + 0.00911608 + 0.02876821
    assert population_stability_index([0.4, 0.3, 0.3], [0.35, 0.25, 0.4]) == pytest.approx(by_hand, abs=1e-8)


def test_psi_of_two_bins_equals_the_closed_form():
    # two bins, p and 1-p swapped: 2(1-2p) ln((1-p)/p)
    assert population_stability_index([0.1, 0.9], [0.9, 0.1]) == pytest.approx(1.6 * math.log(9))


def test_psi_of_two_samples_of_one_distribution_has_the_mean_of_yurdakul():
    rng, shares, n, m = np.random.default_rng(0), np.full(10, 0.1), 4000, 1000

    drawn = [smoothed_psi(rng.multinomial(n, shares), rng.multinomial(m, shares)) for _ in range(500)]

    assert np.mean(drawn) == pytest.approx(9 * (1 / n + 1 / m), rel=0.1)


def test_smoothing_is_negligible_with_many_rows():
    assert smoothed_psi([400_000, 600_000], [500_000, 500_000]) == pytest.approx(
        0.1 * math.log(1.5), rel=1e-4
    )


def test_empty_bin_raises_psi_more_with_more_rows():
    few, many = smoothed_psi([50, 50], [100, 0]), smoothed_psi([5000, 5000], [10_000, 0])
    assert 0 < few < many < math.inf


def test_bin_empty_in_both_samples_does_not_change_psi():
    assert smoothed_psi([10, 0, 30], [20, 0, 20]) == smoothed_psi([10, 30], [20, 20])


@settings(deadline=None)  # the duration is not a property: a busy machine is slow
@given(counts)
def test_smoothed_shares_are_positive_and_sum_to_one(drawn):
    shares = smoothed_shares(drawn)
    assert (shares > 0).all()
    assert shares.sum() == pytest.approx(1)


@settings(deadline=None)  # the duration is not a property: a busy machine is slow
@given(st.data(), counts)
def test_psi_is_finite_symmetric_not_negative_and_zero_for_equal_counts(data, one):
    other = data.draw(st.lists(st.integers(0, 10**6), min_size=len(one), max_size=len(one)).filter(any))

    psi = smoothed_psi(one, other)

    assert 0 <= psi < math.inf
    assert psi == pytest.approx(smoothed_psi(other, one))
    assert smoothed_psi(one, one) == 0


@settings(deadline=None)  # the duration is not a property: a busy machine is slow
@given(st.data(), counts)
def test_jensen_shannon_is_the_root_of_the_mean_entropy_and_between_0_and_1(data, one):
    other = data.draw(st.lists(st.integers(0, 10**6), min_size=len(one), max_size=len(one)).filter(any))

    distance = jensen_shannon_distance(one, other)

    shares = [np.array(part) / sum(part) for part in (one, other)]
    middle = np.mean(shares, axis=0)
    divergence = np.mean([entropy(part, middle, base=2) for part in shares])
    assert distance == pytest.approx(math.sqrt(max(divergence, 0)), abs=1e-6)
    assert 0 <= distance <= 1 + 1e-12
    assert jensen_shannon_distance(other, one) == pytest.approx(distance)


def test_jensen_shannon_of_two_bins_equals_the_figure_computed_by_hand():
    # shares 1/2, 1/2 and 1, 0; middle 3/4, 1/4: (0.5 log2(2/3) + 0.5 log2(2) + log2(4/3)) / 2 = 0.311278
    assert jensen_shannon_distance([5, 5], [8, 0]) == pytest.approx(math.sqrt(0.311278), abs=1e-6)


def test_jensen_shannon_of_almost_equal_counts_is_0_and_not_nan():
    rng = np.random.default_rng(0)
    for _ in range(200):
        counts = rng.integers(1, 10**6, 10).astype(float)
        nearly = 3 * counts * (1 + rng.normal(0, 1e-16, 10))
        assert 0 <= jensen_shannon_distance(counts, nearly) < 1e-6


def test_jensen_shannon_of_disjoint_distributions_is_1():
    assert jensen_shannon_distance([5, 0], [0, 9]) == pytest.approx(1)


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.3, 1.0), (1.0, 2.0), (0.0, 0.5)])
def test_wasserstein_is_that_of_scipy_on_values_clipped_to_the_outer_edges(shift, scale):
    rng = np.random.default_rng(0)
    before, now = rng.normal(size=50_000), rng.normal(shift, scale, 50_000)
    edges = np.quantile(before, np.arange(1, 40) / 40)
    binned = [np.bincount(np.searchsorted(edges, values), minlength=40) for values in (before, now)]

    cut = [np.clip(values, edges[0], edges[-1]) for values in (before, now)]
    exact = wasserstein_distance(*cut) / cut[0].std()

    assert normalized_wasserstein_distance(edges, *binned) == pytest.approx(exact, rel=0.03, abs=0.005)


@pytest.mark.parametrize("edges", [[], [3.0]])
def test_wasserstein_without_bins_is_0(edges):
    assert normalized_wasserstein_distance(edges, [5] * (len(edges) + 1), [1] * (len(edges) + 1)) == 0
