"""What every problem type has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.learning import PROBLEM_TYPES, Metric, ProblemType
from trimtab.learning.problems.multiclass import Multiclass
from trimtab.learning.problems.quantile import Quantile

KNOWN = {"multiclass": Multiclass(classes=("a", "b", "c")), "quantile": Quantile(levels=(0.1, 0.5, 0.8))}
WITH_CLASSES = [KNOWN.get(name, each) for name, each in PROBLEM_TYPES.items()]
WITH = pytest.mark.parametrize("problem", WITH_CLASSES, ids=lambda problem: problem.name)


@WITH
def test_every_metric_can_be_computed_on_the_example(problem: ProblemType) -> None:
    labels, predictions = problem.example(200, 1)

    for each in problem.metrics.values():
        threshold = 0.5 if each.needs_threshold else None
        statistic = problem.statistic(each, labels, predictions, threshold)
        assert np.isfinite(statistic(np.ones((2, 200)))).all(), each.name


@WITH
def test_metric_that_compares_models_has_a_direction_and_needs_no_threshold(problem: ProblemType) -> None:
    assert problem.default_metric in problem.comparison_metrics
    for name in problem.comparison_metrics:
        assert problem.metrics[name].greater_is_better is not None
        assert not problem.metrics[name].needs_threshold


@WITH
def test_predictions_have_a_column_for_each_column_of_scores(problem: ProblemType) -> None:
    _, predictions = problem.example(10, 0)

    assert len(problem.columns) == (1 if predictions.ndim == 1 else predictions.shape[1])
    assert problem.find_invalid(predictions) == ""


@WITH
def test_stratified_resamples_keep_the_labels_of_each_class(problem: ProblemType) -> None:
    labels, _ = problem.example(100, 0)

    assert problem.strata(labels) is None or (problem.strata(labels) == labels).all()


def test_metric_of_another_problem_type_is_refused_with_the_close_match() -> None:
    with pytest.raises(
        ValueError, match=r"no such metric for regression; did you mean 'mae'.*known: mae, rmse"
    ):
        PROBLEM_TYPES["regression"].require_metric_name("maee")


@WITH
def test_names_of_metrics_are_those_of_the_problem_type(problem: ProblemType) -> None:
    assert set(problem.undefined) < set(problem.metrics)
    assert problem.leakage_metric in problem.metrics


@WITH
def test_reason_of_an_undefined_metric_is_its_own_or_says_nothing_wrong(problem: ProblemType) -> None:
    assert problem.why_undefined(problem.metrics[problem.leakage_metric]) in problem.undefined.values()
    assert problem.why_undefined(Metric("cost", True)) == "it has no value for these rows"


@WITH
def test_metric_that_can_be_undefined_has_a_reason(problem: ProblemType) -> None:
    """Rows with equal labels, and predictions that are equal, are what leaves a metric undefined."""
    labels, predictions = problem.example(200, 0)
    equal, same = np.zeros_like(labels), np.repeat(predictions[:1], 200, axis=0) * 0
    with np.errstate(divide="ignore", invalid="ignore"):
        undefined = {
            name
            for name, metric in problem.metrics.items()
            for given in (predictions, same)
            if not np.isfinite(problem.statistic(metric, equal, given, 0.5)(np.ones((1, 200)))[0])
        }
    assert undefined <= set(problem.undefined)


@WITH
def test_prediction_from_a_feature_has_the_shape_of_predictions_and_is_valid(problem: ProblemType) -> None:
    labels, predictions = problem.example(200, 0)
    for column in (pd.Series(np.arange(200) / 7), pd.Series(["x", None] * (200 // 2))):
        found = problem.predict_from_feature(column, labels)
        assert found.shape == predictions.shape
        assert problem.find_invalid(found) == ""


@WITH
def test_labels_of_any_problem_type_are_summarized_in_a_clause(problem: ProblemType) -> None:
    labels, _ = problem.example(200, 0)
    assert problem.summarize_labels(labels).startswith(("is ", "has "))
