"""Standard errors of metrics, against the spread of metrics of drawn tables."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from trimtab.learning import PROBLEM_TYPES
from trimtab.learning.problems.standard_error import (
    MOST_ROWS,
    auc_standard_error,
    bootstrap_errors,
    metric_errors,
    sorted_rows,
)

# A label close to 0 makes one row decide. The calibration error of a resample is biased upwards. The formula
# of the ROC AUC is too large for scores that are so extreme.
UNSTEADY = {"mape", "calibration_error", "roc_auc"}
ROWS, TABLES, ESTIMATED = 1000, 500, 12
PROBLEMS = [
    PROBLEM_TYPES["binary"],
    PROBLEM_TYPES["regression"],
    PROBLEM_TYPES["multiclass"].with_classes(["a", "b", "c"]),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_standard_errors_are_those_of_drawn_tables_within_ten_per_cent(problem):
    metrics = [metric for metric in problem.drift_metrics.values() if metric.name not in UNSTEADY]
    tables = [problem.example(ROWS, seed) for seed in range(TABLES)]
    spread = [np.std([problem.figure(metric, *table) for table in tables]) for metric in metrics]
    estimated = [problem.standard_errors(metrics, *table) for table in tables[:ESTIMATED]]
    for metric, true, found in zip(metrics, spread, np.mean(estimated, axis=0), strict=True):
        assert found == pytest.approx(true, rel=0.1, abs=1e-12), metric.name


def test_error_of_more_rows_than_are_resampled_shrinks_with_the_root_of_their_number():
    problem = PROBLEM_TYPES["regression"]
    metrics = [problem.metrics["mae"]]
    (few,), (many,) = (
        bootstrap_errors(problem, metrics, *problem.example(rows, 0)) for rows in (MOST_ROWS, 4 * MOST_ROWS)
    )
    assert many == pytest.approx(few / 2, rel=0.1)


@pytest.mark.parametrize(
    ("name", "metric"),
    [("binary", "brier"), ("multiclass", "log_loss"), ("multiclass", "accuracy"), ("regression", "mae")],
)
def test_error_of_a_mean_by_its_formula_is_that_of_the_bootstrap(name, metric):
    problem = next(problem for problem in PROBLEMS if problem.name == name)
    arguments = problem, [problem.metrics[metric]], *problem.example(ROWS, 0)
    assert metric_errors(*arguments) == pytest.approx(bootstrap_errors(*arguments), rel=0.15)


def test_errors_of_means_and_other_metrics_have_the_order_of_the_metrics():
    problem = PROBLEM_TYPES["regression"]
    metrics, table = [problem.metrics[name] for name in ("rmse", "mae", "wape")], problem.example(ROWS, 0)
    each = [metric_errors(problem, [metric], *table)[0] for metric in metrics]
    assert metric_errors(problem, metrics, *table) == each


def test_error_of_a_metric_that_is_undefined_in_half_of_the_resamples_is_nan():
    problem = PROBLEM_TYPES["binary"]
    labels, scores = np.zeros(30, dtype=bool), np.linspace(0, 1, 30)
    labels[0] = True
    found = bootstrap_errors(problem, [problem.metrics["average_precision"]], labels[:1], scores[:1])
    assert np.isnan(bootstrap_errors(problem, [problem.metrics["roc_auc"]], labels[:1], scores[:1])[0])
    assert found[0] == 0


def test_sorted_rows_depend_on_values_alone():
    labels, scores = np.array([1, 0, 1, 0]), np.array([[3.0, 1], [2, 1], [1, 5], [2, 0]])
    assert sorted_rows(labels, scores).tolist() == [3, 1, 2, 0]


def test_auc_standard_error_is_that_of_drawn_samples():
    rng = np.random.default_rng(0)
    labels = np.r_[np.ones(100), np.zeros(300)]
    areas = [roc_auc_score(labels, rng.normal(labels * 0.8, 1)) for _ in range(200)]

    assert auc_standard_error(np.mean(areas), 100, 300) == pytest.approx(np.std(areas), rel=0.15)


def test_auc_standard_error_equals_the_example_of_hanley_and_mcneil():
    # Radiology 143 (1982), table II: 58 normal, 51 abnormal images; 0.893, error 0.032
    assert auc_standard_error(0.893, 51, 58) == pytest.approx(0.032, abs=0.001)


def test_auc_standard_error_of_one_class_is_infinite():
    assert auc_standard_error(0.7, 0, 50) == np.inf
