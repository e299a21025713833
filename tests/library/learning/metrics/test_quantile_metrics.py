"""Metrics of quantiles as functions of row weights: scikit-learn's, with its sample weights."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from trimtab.learning import PROBLEM_TYPES
from trimtab.learning.metrics.quantile_metrics import median_of
from trimtab.learning.problems.quantile import Quantile

LEVELS = (0.1, 0.5, 0.8)
QUANTILE = Quantile(levels=LEVELS)
REGRESSION = PROBLEM_TYPES["regression"].metrics
RANDOM = np.random.default_rng(0)
LABELS, PREDICTIONS = QUANTILE.example(601, 0)
PREDICTIONS = PREDICTIONS + RANDOM.normal(1, 2, (601, 1))
COUNTS = RANDOM.integers(0, 4, (4, 601)).astype(float)
ROW_WEIGHTS = np.random.default_rng(1).gamma(2, 1, 601)
WEIGHTS = np.vstack([COUNTS, ROW_WEIGHTS, COUNTS[0] * ROW_WEIGHTS])


def pinball(y, p, sample_weight):
    losses = [
        metrics.mean_pinball_loss(y, column, sample_weight=sample_weight, alpha=level)
        for column, level in zip(p.T, LEVELS, strict=True)
    ]
    return np.mean(losses)


def covered(y, p):
    return (p[:, 0] <= y) & (y <= p[:, -1])


def calibration(y, p, sample_weight):
    shares = [np.average(y <= column, weights=sample_weight) for column in p.T]
    return np.abs(np.array(shares) - LEVELS).mean()


THEIRS = {
    "mean_pinball_loss": pinball,
    "calibration_error": calibration,
    "interval_coverage": lambda y, p, sample_weight: np.average(covered(y, p), weights=sample_weight),
    "mean_interval_width": lambda y, p, sample_weight: np.average(p[:, 2] - p[:, 0], weights=sample_weight),
    "mae": lambda y, p, sample_weight: metrics.mean_absolute_error(y, p[:, 1], sample_weight=sample_weight),
    "r2": lambda y, p, sample_weight: metrics.r2_score(y, p[:, 1], sample_weight=sample_weight),
}


def test_every_metric_that_regression_does_not_have_is_compared():
    assert {*QUANTILE.metrics} - {*REGRESSION} == {*THEIRS} - {*REGRESSION}
    assert {*REGRESSION} < {*QUANTILE.metrics}


@pytest.mark.parametrize("metric", THEIRS)
def test_weighted_metric_is_scikit_learns(metric):
    ours = QUANTILE.statistic(QUANTILE.metrics[metric], LABELS, PREDICTIONS)(WEIGHTS)

    theirs = [THEIRS[metric](LABELS, PREDICTIONS, sample_weight=weights) for weights in WEIGHTS]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("metric", THEIRS)
def test_metric_of_all_rows_is_scikit_learns(metric):
    found = QUANTILE.figure(QUANTILE.metrics[metric], LABELS, PREDICTIONS)

    assert found == pytest.approx(THEIRS[metric](LABELS, PREDICTIONS, sample_weight=np.ones(601)), rel=1e-12)


@pytest.mark.parametrize("metric", QUANTILE.metrics)
def test_metric_of_no_row_is_undefined(metric):
    with np.errstate(invalid="ignore", divide="ignore"):
        found = QUANTILE.statistic(QUANTILE.metrics[metric], LABELS, PREDICTIONS)(np.zeros((1, 601)))

    assert np.isnan(found).all()


def test_right_quantiles_of_counts_have_no_calibration_error_though_many_labels_equal_one():
    labels = np.repeat([0.0, 3.0, 9.0], [60, 30, 10])  # the quantiles 0.1 and 0.5 are 0, 0.8 is 3
    right, wrong = np.tile([0.0, 0.0, 3.0], (100, 1)), np.tile([0.0, 3.0, 3.0], (100, 1))
    metric = QUANTILE.metrics["calibration_error"]

    assert QUANTILE.figure(metric, labels, right) == 0
    assert QUANTILE.figure(metric, labels, wrong) == pytest.approx(0.1 / 3)


@pytest.mark.parametrize(
    ("levels", "median"),
    [
        ((0.1, 0.5, 0.8), [3.0, 30.0]),
        ((0.1, 0.4, 0.8), [4.0, 40.0]),
        ((0.6, 0.7, 0.8), [1.0, 10.0]),
        ((0.1, 0.2, 0.3), [7.0, 70.0]),
    ],
    ids=["among the quantiles", "between two", "below all", "above all"],
)
def test_median_is_that_quantile_or_interpolated_or_the_nearest(levels, median):
    predictions = np.array([[1.0, 3.0, 7.0], [10.0, 30.0, 70.0]])

    assert median_of(predictions, levels).tolist() == pytest.approx(median)
