import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from trimtab.drift.statistics.distances import (
    jensen_shannon_distance,
    population_stability_index,
    psi_of_counts,
    smoothed_shares,
    wasserstein_in_spreads,
)

counts = st.lists(st.integers(0, 10**6), min_size=2, max_size=20).filter(any)


def test_psi_is_the_sum_worked_out_by_hand():
    # (0.35-0.4)ln(0.35/0.4) + (0.25-0.3)ln(0.25/0.3) + (0.4-0.3)ln(0.4/0.3)
    by_hand = 0.00667657 + 0.00911608 + 0.02876821
    assert population_stability_index([0.4, 0.3, 0.3], [0.35, 0.25, 0.4]) == pytest.approx(by_hand, abs=1e-8)


def test_psi_has_the_closed_form_of_a_coin():
    # two bins, p and 1-p swapped: 2(1-2p) ln((1-p)/p)
    assert population_stability_index([0.1, 0.9], [0.9, 0.1]) == pytest.approx(1.6 * math.log(9))


def test_psi_of_two_samples_of_one_distribution_averages_what_yurdakul_derived():
    rng, shares, n, m = np.random.default_rng(0), np.full(10, 0.1), 4000, 1000

    drawn = [psi_of_counts(rng.multinomial(n, shares), rng.multinomial(m, shares)) for _ in range(500)]

    assert np.mean(drawn) == pytest.approx(9 * (1 / n + 1 / m), rel=0.1)


def test_smoothing_is_invisible_where_rows_are_many():
    assert psi_of_counts([400_000, 600_000], [500_000, 500_000]) == pytest.approx(
        0.1 * math.log(1.5), rel=1e-4
    )


def test_an_empty_bin_weighs_more_the_more_rows_say_so():
    few, many = psi_of_counts([50, 50], [100, 0]), psi_of_counts([5000, 5000], [10_000, 0])
    assert 0 < few < many < math.inf


def test_a_bin_empty_in_both_changes_nothing():
    assert psi_of_counts([10, 0, 30], [20, 0, 20]) == psi_of_counts([10, 30], [20, 20])


@given(counts)
def test_smoothed_shares_are_positive_and_sum_to_one(drawn):
    shares = smoothed_shares(drawn)
    assert (shares > 0).all()
    assert shares.sum() == pytest.approx(1)


@given(st.data(), counts)
def test_psi_is_finite_symmetric_never_negative_and_zero_against_itself(data, one):
    other = data.draw(st.lists(st.integers(0, 10**6), min_size=len(one), max_size=len(one)).filter(any))

    psi = psi_of_counts(one, other)

    assert 0 <= psi < math.inf
    assert psi == pytest.approx(psi_of_counts(other, one))
    assert psi_of_counts(one, one) == 0


@given(st.data(), counts)
def test_jensen_shannon_is_that_of_scipy_and_lies_between_0_and_1(data, one):
    other = data.draw(st.lists(st.integers(0, 10**6), min_size=len(one), max_size=len(one)).filter(any))

    distance = jensen_shannon_distance(one, other)

    assert distance == pytest.approx(jensenshannon(one, other, base=2), abs=1e-6)
    assert 0 <= distance <= 1 + 1e-12
    assert jensen_shannon_distance(other, one) == pytest.approx(distance)


def test_distributions_without_overlap_are_1_apart():
    assert jensen_shannon_distance([5, 0], [0, 9]) == pytest.approx(1)


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.3, 1.0), (1.0, 2.0), (0.0, 0.5)])
def test_wasserstein_is_that_of_scipy_on_the_values_cut_off_at_the_outer_edges(shift, scale):
    rng = np.random.default_rng(0)
    before, now = rng.normal(size=50_000), rng.normal(shift, scale, 50_000)
    edges = np.quantile(before, np.arange(1, 40) / 40)
    binned = [np.bincount(np.searchsorted(edges, values), minlength=40) for values in (before, now)]

    cut = [np.clip(values, edges[0], edges[-1]) for values in (before, now)]
    exact = wasserstein_distance(*cut) / cut[0].std()

    assert wasserstein_in_spreads(edges, *binned) == pytest.approx(exact, rel=0.03, abs=0.005)


@pytest.mark.parametrize("edges", [[], [3.0]])
def test_what_has_no_spread_cannot_be_carried(edges):
    assert wasserstein_in_spreads(edges, [5] * (len(edges) + 1), [1] * (len(edges) + 1)) == 0
