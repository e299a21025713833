"""Figures as functions of row weights: scikit-learn's, with its sample weights."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from trimtab.learning import BINARY, auc_of_counts

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.random(600) < 0.3
FINE = np.clip(RANDOM.normal(0.3 + 0.2 * LABELS, 0.2), 0.001, 0.999)  # as many scores as rows
COARSE = FINE.round(1)  # ties
COUNTS = RANDOM.integers(0, 4, (3, 600)).astype(float)
ROW_WEIGHTS = np.random.default_rng(1).gamma(2, 1, 600)
WEIGHTS = np.vstack([COUNTS, ROW_WEIGHTS, COUNTS[0] * ROW_WEIGHTS])
THEIRS = {
    "roc_auc": metrics.roc_auc_score,
    "average_precision": metrics.average_precision_score,
    "brier": metrics.brier_score_loss,
    "log_loss": metrics.log_loss,
    "accuracy": metrics.accuracy_score,
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
    "f1": metrics.f1_score,
    "f2": partial(metrics.fbeta_score, beta=2),
    "f0.5": partial(metrics.fbeta_score, beta=0.5),
    "matthews_corrcoef": metrics.matthews_corrcoef,
}


@pytest.mark.parametrize("scores", [FINE, COARSE], ids=["fine", "coarse"])
@pytest.mark.parametrize("metric", THEIRS)
def test_weighted_figure_is_scikit_learns(metric, scores):
    called = BINARY.metrics[metric].needs_threshold
    given = scores >= 0.4 if called else scores

    ours = BINARY.statistic(BINARY.metrics[metric], LABELS, scores, 0.4 if called else None)(WEIGHTS)

    theirs = [THEIRS[metric](LABELS, given, sample_weight=weights) for weights in WEIGHTS]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "brier", "log_loss"])
def test_figure_of_all_rows_is_scikit_learns(metric):
    assert BINARY.figure(BINARY.metrics[metric], LABELS, COARSE) == pytest.approx(
        THEIRS[metric](LABELS, COARSE), rel=1e-12
    )


def test_auc_of_counts_is_that_of_the_rows_counted():
    late = [[np.sum((score == COARSE) & LABELS) for score in np.unique(COARSE)]]
    punctual = [[np.sum((score == COARSE) & ~LABELS) for score in np.unique(COARSE)]]

    (ours,) = auc_of_counts(np.array(late, float), np.array(punctual, float))

    assert ours == pytest.approx(metrics.roc_auc_score(LABELS, COARSE))


def test_rank_metrics_of_one_class_are_undefined():
    with np.errstate(invalid="ignore"):
        for metric in ("roc_auc", "average_precision"):
            assert np.isnan(
                BINARY.statistic(BINARY.metrics[metric], np.zeros(600, bool), FINE)(WEIGHTS)
            ).all()
        assert np.isnan(
            BINARY.statistic(BINARY.metrics["roc_auc"], np.ones(600, bool), COARSE)(WEIGHTS)
        ).all()


def test_calibration_error_is_the_gap_between_what_was_said_and_what_was_seen():
    right = np.repeat([0.2, 0.8], 500)
    seen = np.tile(np.arange(10) < 2, 50), np.tile(np.arange(10) < 8, 50)
    labels, whole = np.concatenate(seen), np.ones((1, 1000))

    assert BINARY.statistic(BINARY.metrics["calibration_error"], labels, right)(whole) == pytest.approx(0)
    assert BINARY.statistic(BINARY.metrics["calibration_error"], labels, right + 0.1)(whole) == pytest.approx(
        0.1
    )


@pytest.mark.parametrize(("stretched", "slope"), [(1, 1), (2, 0.5), (0.5, 2)])
def test_calibration_slope_tells_scores_that_are_too_extreme(stretched, slope):
    odds = RANDOM.normal(size=20_000)
    labels = RANDOM.random(20_000) < 1 / (1 + np.exp(-odds))
    scores = 1 / (1 + np.exp(-stretched * odds))

    found = BINARY.statistic(BINARY.metrics["calibration_slope"], labels, scores)(np.ones((1, 20_000)))

    assert found == pytest.approx(slope, rel=0.05)


def test_calibration_slope_of_a_resample_is_that_of_a_fit_to_it():
    weights = np.stack([np.bincount(RANDOM.integers(0, 600, 600), minlength=600) for _ in range(20)])
    odds = np.log(FINE / (1 - FINE))[:, None]

    ours = BINARY.statistic(BINARY.metrics["calibration_slope"], LABELS, FINE)(weights.astype(float))

    theirs = [
        LogisticRegression(C=np.inf, tol=1e-8).fit(odds, LABELS, sample_weight=drawn).coef_[0, 0]
        for drawn in weights
    ]
    np.testing.assert_allclose(ours, theirs, rtol=0.01)


def test_calibration_slope_of_weighted_rows_is_that_of_a_fit_to_them():
    odds = np.log(FINE / (1 - FINE))[:, None]
    weights = np.where(LABELS, 20.0, 0.1) * ROW_WEIGHTS

    ours = BINARY.figure(BINARY.metrics["calibration_slope"], LABELS, FINE, weights)

    theirs = LogisticRegression(C=np.inf, tol=1e-8).fit(odds, LABELS, sample_weight=weights).coef_[0, 0]
    assert ours == pytest.approx(theirs, rel=1e-3)


def test_calibration_slope_of_equal_scores_is_undefined():
    found = BINARY.statistic(BINARY.metrics["calibration_slope"], LABELS, np.full(600, 0.3))(
        np.ones((1, 600))
    )

    assert np.isnan(found).all()
