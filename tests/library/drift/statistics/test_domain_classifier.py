"""The domain classifier."""

import numpy as np
import pytest

from trimtab.drift.statistics.domain_classifier import MIN_ROWS, domain_auc, measure_joint_drift


def sample(seed, *, rows=1000, low=0, high=10):
    return np.random.default_rng(seed).integers(low, high, (rows, 3)).astype(np.uint8)


def test_domain_auc_of_one_distribution_is_about_one_half():
    assert domain_auc(sample(1), sample(2)) == pytest.approx(0.5, abs=0.05)


def test_domain_auc_of_disjoint_samples_is_1():
    assert domain_auc(sample(1), sample(2, low=10, high=20)) == 1


def test_domain_auc_shows_correlation_that_no_feature_shows_alone():
    correlated = np.repeat(sample(2)[:, :1], 3, axis=1)
    assert domain_auc(sample(1), correlated) > 0.9


@pytest.mark.parametrize(("rows", "columns"), [(MIN_ROWS - 1, 3), (MIN_ROWS, 0)])
def test_domain_auc_is_none_when_a_sample_is_too_small(rows, columns):
    assert domain_auc(sample(1)[:, :columns], sample(2, rows=rows)[:, :columns]) is None


def test_joint_drift_has_interval_p_value_and_noise():
    drift = measure_joint_drift(sample(1), sample(2, low=2, high=12), noise=0.55)
    assert 0.5 < drift.low < drift.auc < drift.high <= 1
    assert drift.p_value < 0.001
    assert (drift.noise, drift.rows) == (0.55, 2000)
