import numpy as np
import pytest
from scipy.stats import chi2_contingency, permutation_test

from trimtab.drift.statistics.significance import (
    benjamini_hochberg,
    design_effect,
    homogeneity_p_value,
    mean_design_effect,
    one_sided_p_value,
)


def test_homogeneity_p_value_is_that_of_chi2_contingency():
    e, a = [120, 90, 40, 250], [100, 95, 70, 240]
    assert homogeneity_p_value(e, a) == pytest.approx(chi2_contingency([e, a], correction=False).pvalue)


def test_homogeneity_p_value_is_close_to_that_of_a_permutation_test():
    rng = np.random.default_rng(0)
    before, now = rng.integers(0, 5, 300), rng.choice(5, 200, p=[0.26, 0.22, 0.2, 0.18, 0.14])

    def statistic(one, other):
        table = np.array([np.bincount(values, minlength=5) for values in (one, other)])
        return chi2_contingency(table, correction=False).statistic

    permuted = permutation_test((before, now), statistic, n_resamples=500, alternative="greater", rng=rng)
    analytic = homogeneity_p_value(np.bincount(before, minlength=5), np.bincount(now, minlength=5))

    assert analytic == pytest.approx(permuted.pvalue, abs=0.07)


def test_homogeneity_test_pools_rare_bins():
    e, a = [500, 300, 2, 1, 0, 1], [510, 290, 0, 2, 1, 1]
    pooled = chi2_contingency([[500, 300, 4], [510, 290, 4]], correction=False).pvalue
    assert homogeneity_p_value(e, a) == pytest.approx(pooled)


def test_homogeneity_p_value_of_one_bin_is_1():
    assert homogeneity_p_value([10], [900]) == 1
    assert homogeneity_p_value([10, 0], [900, 0]) == 1


def test_design_effect_is_1_for_independent_rows_and_10_for_rows_in_tens():
    rng = np.random.default_rng(0)
    alone = rng.multinomial(1000, [0.25] * 4, size=30)
    in_tens = 10 * rng.multinomial(100, [0.25] * 4, size=30)

    assert design_effect(alone) == pytest.approx(1, abs=0.35)
    assert design_effect(in_tens) == pytest.approx(10, rel=0.35)


def test_design_effect_prevents_false_alarms_of_dependent_rows():
    rng = np.random.default_rng(1)
    windows = 10 * rng.multinomial(100, [0.25] * 4, size=400)
    before = 10 * rng.multinomial(1000, [0.25] * 4)

    naive = [homogeneity_p_value(before, now) < 0.05 for now in windows]
    honest = [homogeneity_p_value(before, now, design_effect=10) < 0.05 for now in windows]

    assert np.mean(naive) > 0.5
    assert np.mean(honest) < 0.09


def test_benjamini_hochberg_equals_the_values_computed_by_hand():
    # p times tests over rank: 0.01 * 4/1, 0.02 * 4/2, 0.03 * 4/3, 0.5 * 4/4; then the minimum from the right
    assert benjamini_hochberg([0.5, 0.01, 0.03, 0.02]) == pytest.approx([0.5, 0.04, 0.04, 0.04])


def test_benjamini_hochberg_of_no_p_value_is_empty():
    assert len(benjamini_hochberg([])) == 0


def test_mean_design_effect_of_zeros_and_ones_is_that_of_their_counts():
    rng = np.random.default_rng(0)
    periods = rng.integers(0, 8, 4000)
    values = (rng.random(4000) < rng.random(8)[periods]).astype(int)
    counts = np.bincount(periods * 2 + values, minlength=16).reshape(-1, 2)
    assert mean_design_effect(values, periods) == pytest.approx(design_effect(counts))


def test_mean_design_effect_is_1_for_independent_rows_and_for_constant_values():
    rng = np.random.default_rng(0)
    periods = np.repeat(np.arange(40), 100)
    assert mean_design_effect(rng.normal(size=4000), periods) == pytest.approx(1, abs=0.4)
    assert mean_design_effect(np.ones(4000), periods) == 1
    assert mean_design_effect(rng.normal(size=4000), periods * 0) == 1


def test_one_sided_p_value_equals_the_textbook():
    assert one_sided_p_value(1.96, 1) == pytest.approx(0.025, abs=1e-4)
    assert (one_sided_p_value(0.1, 0), one_sided_p_value(0.0, 0)) == (0, 1)
