import numpy as np
import pytest
from scipy.stats import chi2_contingency, false_discovery_control, permutation_test
from sklearn.metrics import roc_auc_score

from trimtab.drift.statistics.significance import (
    above_zero,
    auc_standard_error,
    benjamini_hochberg,
    design_effect,
    same_distribution,
)


def test_the_p_value_is_that_of_scipy():
    e, a = [120, 90, 40, 250], [100, 95, 70, 240]
    assert same_distribution(e, a) == pytest.approx(chi2_contingency([e, a], correction=False).pvalue)


def test_the_p_value_is_about_that_of_a_permutation_test():
    rng = np.random.default_rng(0)
    before, now = rng.integers(0, 5, 300), rng.choice(5, 200, p=[0.26, 0.22, 0.2, 0.18, 0.14])

    def statistic(one, other):
        table = np.array([np.bincount(values, minlength=5) for values in (one, other)])
        return chi2_contingency(table, correction=False).statistic

    permuted = permutation_test((before, now), statistic, n_resamples=500, alternative="greater", rng=rng)
    analytic = same_distribution(np.bincount(before, minlength=5), np.bincount(now, minlength=5))

    assert analytic == pytest.approx(permuted.pvalue, abs=0.07)


def test_bins_too_rare_for_chi_squared_are_pooled():
    e, a = [500, 300, 2, 1, 0, 1], [510, 290, 0, 2, 1, 1]
    pooled = chi2_contingency([[500, 300, 4], [510, 290, 4]], correction=False).pvalue
    assert same_distribution(e, a) == pytest.approx(pooled)


def test_one_bin_only_has_not_moved():
    assert same_distribution([10], [900]) == 1
    assert same_distribution([10, 0], [900, 0]) == 1


def test_independent_rows_have_a_design_effect_of_1_and_rows_that_move_together_more():
    rng = np.random.default_rng(0)
    alone = rng.multinomial(1000, [0.25] * 4, size=30)
    in_tens = 10 * rng.multinomial(100, [0.25] * 4, size=30)

    assert design_effect(alone) == pytest.approx(1, abs=0.35)
    assert design_effect(in_tens) == pytest.approx(10, rel=0.35)


def test_rows_that_move_together_raise_no_false_alarm_once_the_effect_is_known():
    rng = np.random.default_rng(1)
    windows = 10 * rng.multinomial(100, [0.25] * 4, size=400)
    before = 10 * rng.multinomial(1000, [0.25] * 4)

    naive = [same_distribution(before, now) < 0.05 for now in windows]
    honest = [same_distribution(before, now, design_effect=10) < 0.05 for now in windows]

    assert np.mean(naive) > 0.5
    assert np.mean(honest) < 0.09


def test_adjusted_p_values_are_those_of_scipy():
    p = np.random.default_rng(0).random(40) ** 3
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p))


def test_no_test_at_all_is_adjusted_to_none():
    assert len(benjamini_hochberg([])) == 0


def test_the_standard_error_of_an_auc_is_what_drawn_samples_show():
    rng = np.random.default_rng(0)
    labels = np.r_[np.ones(100), np.zeros(300)]
    areas = [roc_auc_score(labels, rng.normal(labels * 0.8, 1)) for _ in range(200)]

    assert auc_standard_error(np.mean(areas), 100, 300) == pytest.approx(np.std(areas), rel=0.15)


def test_hanley_and_mcneils_own_example():
    # Radiology 143 (1982), table II: 58 normal, 51 abnormal images; 0.893, error 0.032
    assert auc_standard_error(0.893, 51, 58) == pytest.approx(0.032, abs=0.001)


def test_one_class_only_has_no_finite_error():
    assert auc_standard_error(0.7, 0, 50) == np.inf


def test_a_normal_value_is_above_zero_with_the_p_of_the_textbook():
    assert above_zero(1.96, 1) == pytest.approx(0.025, abs=1e-4)
    assert (above_zero(0.1, 0), above_zero(0.0, 0)) == (0, 1)
