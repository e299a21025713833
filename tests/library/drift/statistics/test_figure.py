"""Metrics of labelled rows, with their standard errors."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, roc_auc_score

from trimtab.drift.statistics.figure import measure_figures, measure_metric
from trimtab.learning import BINARY, PROBLEM_TYPES

REGRESSION = PROBLEM_TYPES["regression"]
LABELS, PREDICTIONS = REGRESSION.example(500, 0)


def test_figures_are_those_of_scikit_learn_with_an_error():
    figure = measure_figures(REGRESSION, REGRESSION.drift_metrics, LABELS, PREDICTIONS)["mae"]
    assert figure.value == pytest.approx(mean_absolute_error(LABELS, PREDICTIONS), abs=1e-6)
    assert 0 < figure.error < 0.2
    assert figure.expected is None


def test_figure_does_not_depend_on_the_order_of_rows():
    order = np.random.default_rng(0).permutation(len(LABELS))
    for metric in REGRESSION.drift_metrics.values():
        given, shuffled = (
            measure_figures(REGRESSION, {metric.name: metric}, LABELS[rows], PREDICTIONS[rows])[metric.name]
            for rows in (slice(None), order)
        )
        assert given == shuffled, metric.name


def test_metric_of_labels_that_are_all_equal_is_unknown():
    labels, scores = np.ones(10, dtype=bool), np.linspace(0, 1, 10)
    assert measure_metric(BINARY, BINARY.metrics["brier"], labels, scores) is None
    assert measure_figures(BINARY, BINARY.drift_metrics, labels, scores) == {}


def test_roc_auc_is_that_of_scikit_learn():
    labels, scores = BINARY.example(300, 0)
    found = measure_metric(BINARY, BINARY.metrics["roc_auc"], labels, scores)
    assert found == pytest.approx(roc_auc_score(labels, scores), abs=1e-6)
