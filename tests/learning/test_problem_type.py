"""What every problem type has."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.learning import PROBLEM_TYPES, ProblemType
from trimtab.learning.multiclass import Multiclass

WITH_CLASSES = [
    Multiclass(classes=("a", "b", "c")) if name == "multiclass" else each
    for name, each in PROBLEM_TYPES.items()
]


@pytest.mark.parametrize("problem", WITH_CLASSES, ids=lambda problem: problem.name)
def test_every_metric_can_be_computed_on_the_example(problem: ProblemType) -> None:
    labels, predictions = problem.example(200, 1)

    for each in problem.metrics.values():
        threshold = 0.5 if each.needs_threshold else None
        statistic = problem.statistic(each, labels, predictions, threshold)
        assert np.isfinite(statistic(np.ones((2, 200)))).all(), each.name


@pytest.mark.parametrize("problem", WITH_CLASSES, ids=lambda problem: problem.name)
def test_metric_that_compares_models_has_a_direction_and_needs_no_threshold(problem: ProblemType) -> None:
    assert problem.default_metric in problem.comparison_metrics
    for name in problem.comparison_metrics:
        assert problem.metrics[name].greater_is_better is not None
        assert not problem.metrics[name].needs_threshold


@pytest.mark.parametrize("problem", WITH_CLASSES, ids=lambda problem: problem.name)
def test_predictions_have_a_column_for_each_column_of_scores(problem: ProblemType) -> None:
    _, predictions = problem.example(10, 0)

    assert len(problem.columns) == (1 if predictions.ndim == 1 else predictions.shape[1])
    assert problem.find_invalid(predictions) == ""


@pytest.mark.parametrize("problem", WITH_CLASSES, ids=lambda problem: problem.name)
def test_stratified_resamples_keep_the_labels_of_each_class(problem: ProblemType) -> None:
    labels, _ = problem.example(100, 0)

    assert problem.strata(labels) is None or (problem.strata(labels) == labels).all()


def test_metric_of_another_problem_type_is_refused_with_the_close_match() -> None:
    with pytest.raises(
        ValueError, match=r"no such metric for regression; did you mean 'mae'.*known: mae, rmse"
    ):
        PROBLEM_TYPES["regression"].require_metric_name("maee")
