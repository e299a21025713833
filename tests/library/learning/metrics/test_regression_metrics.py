"""Metrics of numbers as functions of row weights: scikit-learn's, with its sample weights."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from trimtab.learning import PROBLEM_TYPES

REGRESSION = PROBLEM_TYPES["regression"]
RANDOM = np.random.default_rng(0)
LABELS = RANDOM.normal(20, 30, 601)
PREDICTIONS = LABELS + RANDOM.normal(2, 8, 601)
COUNTS = RANDOM.integers(0, 4, (4, 601)).astype(float)
ROW_WEIGHTS = np.random.default_rng(1).gamma(2, 1, 601)
WEIGHTS = np.vstack([COUNTS, ROW_WEIGHTS, COUNTS[0] * ROW_WEIGHTS])
THEIRS = {
    "mae": metrics.mean_absolute_error,
    "rmse": metrics.root_mean_squared_error,
    "mape": metrics.mean_absolute_percentage_error,
    "medae": metrics.median_absolute_error,
    "r2": metrics.r2_score,
    "wape": lambda y, p, sample_weight: (sample_weight @ abs(p - y)) / (sample_weight @ abs(y)),
    "bias": lambda y, p, sample_weight: np.average(p - y, weights=sample_weight),
}


def test_every_metric_is_compared():
    assert set(THEIRS) == set(REGRESSION.metrics)


@pytest.mark.parametrize("metric", [name for name in THEIRS if name != "medae"])
def test_weighted_metric_is_scikit_learns(metric):
    ours = REGRESSION.statistic(REGRESSION.metrics[metric], LABELS, PREDICTIONS)(WEIGHTS)

    theirs = [THEIRS[metric](LABELS, PREDICTIONS, sample_weight=weights) for weights in WEIGHTS]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_weighted_median_error_is_that_of_the_rows_as_often_as_they_were_drawn():
    ours = REGRESSION.statistic(REGRESSION.metrics["medae"], LABELS, PREDICTIONS)(COUNTS)

    drawn = [np.repeat(np.arange(601), weights.astype(int)) for weights in COUNTS]
    theirs = [metrics.median_absolute_error(LABELS[rows], PREDICTIONS[rows]) for rows in drawn]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_median_error_of_weighted_rows_is_scikit_learns():
    weights = WEIGHTS[-1]

    ours = REGRESSION.figure(REGRESSION.metrics["medae"], LABELS, PREDICTIONS, weights)

    assert ours == metrics.median_absolute_error(LABELS, PREDICTIONS, sample_weight=weights)


@pytest.mark.parametrize("metric", THEIRS)
def test_metric_of_all_rows_is_scikit_learns(metric):
    found = REGRESSION.figure(REGRESSION.metrics[metric], LABELS, PREDICTIONS)

    assert found == pytest.approx(THEIRS[metric](LABELS, PREDICTIONS, sample_weight=np.ones(601)), rel=1e-12)


@pytest.mark.parametrize("metric", THEIRS)
def test_metric_of_no_row_is_undefined(metric):
    with np.errstate(invalid="ignore", divide="ignore"):
        found = REGRESSION.statistic(REGRESSION.metrics[metric], LABELS, PREDICTIONS)(np.zeros((1, 601)))

    assert np.isnan(found).all()


@pytest.mark.parametrize(("metric", "label"), [("r2", 0.1), ("r2", 1e9 / 3), ("wape", 0.0)])
def test_metric_of_labels_that_do_not_define_it_is_undefined_also_in_a_resample(metric, label):
    labels = np.append(np.full(600, label), 7.0)  # the last row is in the first resample only
    weights = np.ones((2, 601))
    weights[1, -1] = 0

    found = REGRESSION.statistic(REGRESSION.metrics[metric], labels, labels + PREDICTIONS)(weights)

    assert np.isfinite(found).tolist() == [True, False]
    assert np.isnan(found[1])
