"""Metrics of classes as functions of row weights: scikit-learn's, with its sample weights."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn import metrics

from trimtab.learning import PROBLEM_TYPES
from trimtab.learning.problems.multiclass import Multiclass

MULTICLASS = Multiclass(classes=("a", "b", "c", "d"))
RANDOM = np.random.default_rng(0)
LABELS = RANDOM.choice(4, 600, p=[0.6, 0.25, 0.1, 0.05])
FINE = RANDOM.dirichlet([1, 1, 1, 1], 600) * 0.7 + 0.3 * np.eye(4)[LABELS]
COARSE = np.round(FINE * 10)  # ties
COARSE /= COARSE.sum(axis=1, keepdims=True)
COUNTS = RANDOM.integers(0, 4, (3, 600)).astype(float)
ROW_WEIGHTS = np.random.default_rng(1).gamma(2, 1, 600)
WEIGHTS = np.vstack([COUNTS, ROW_WEIGHTS, COUNTS[0] * ROW_WEIGHTS])
OF_CLASSES = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "f1_macro": partial(metrics.f1_score, average="macro"),
    "f1_weighted": partial(metrics.f1_score, average="weighted"),
    "f2_macro": partial(metrics.fbeta_score, beta=2, average="macro"),
    "f0.5_macro": partial(metrics.fbeta_score, beta=0.5, average="macro"),
    "matthews_corrcoef": metrics.matthews_corrcoef,
}
OF_PROBABILITIES = {
    "log_loss": partial(metrics.log_loss, labels=range(4)),
    "roc_auc_ovr": partial(metrics.roc_auc_score, multi_class="ovr", labels=range(4)),
    "top_2_accuracy": partial(metrics.top_k_accuracy_score, k=2, labels=range(4)),
    "top_3_accuracy": partial(metrics.top_k_accuracy_score, k=3, labels=range(4)),
}
THEIRS = OF_CLASSES | OF_PROBABILITIES


def test_every_metric_is_compared():
    assert set(THEIRS) == set(PROBLEM_TYPES["multiclass"].metrics)


@pytest.mark.parametrize("predictions", [FINE, COARSE], ids=["fine", "coarse"])
@pytest.mark.parametrize("metric", THEIRS)
def test_weighted_metric_is_scikit_learns(metric, predictions):
    given = predictions.argmax(axis=1) if metric in OF_CLASSES else predictions

    ours = MULTICLASS.statistic(MULTICLASS.metrics[metric], LABELS, predictions)(WEIGHTS)

    theirs = [THEIRS[metric](LABELS, given, sample_weight=weights) for weights in WEIGHTS]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize("metric", OF_CLASSES)
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_metric_of_a_table_without_a_class_is_scikit_learns(metric):
    rows = LABELS != 2

    ours = MULTICLASS.figure(MULTICLASS.metrics[metric], LABELS[rows], FINE[rows])

    assert ours == pytest.approx(THEIRS[metric](LABELS[rows], FINE[rows].argmax(axis=1)), rel=1e-12)


@pytest.mark.parametrize("metric", THEIRS)
def test_metric_of_no_row_is_undefined(metric):
    with np.errstate(invalid="ignore", divide="ignore"):
        found = MULTICLASS.statistic(MULTICLASS.metrics[metric], LABELS, FINE)(np.zeros((1, 600)))

    assert np.isnan(found).all()
