"""Predictions of each problem type: as columns of a table, compared between models, and as text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.learning import BINARY, COMPARISON_METRICS, PROBLEM_TYPES

REGRESSION = PROBLEM_TYPES["regression"]
MULTICLASS = PROBLEM_TYPES["multiclass"].with_classes_of((), [pd.Series(["a", "b", "c"])])
PREDICTIONS = {
    "binary": (BINARY, np.array([0.1, 0.9])),
    "multiclass": (MULTICLASS, np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2]])),
    "regression": (REGRESSION, np.array([-3.5, 1e6])),
    "quantile": (PROBLEM_TYPES["quantile"].with_levels([0.1, 0.9]), np.array([[-3.5, 2.0], [0.0, 1e6]])),
}


@pytest.mark.parametrize("name", PREDICTIONS)
def test_table_has_the_columns_of_the_problem_type_and_a_row_for_each_prediction(name):
    problem, predictions = PREDICTIONS[name]
    table = problem.to_table(predictions)
    assert tuple(table) == problem.table_columns
    assert {len(values) for values in table.values()} == {2}
    assert {*problem.columns} <= {*problem.table_columns}


def test_table_of_classes_names_the_most_probable_one_and_the_first_of_several():
    problem, predictions = PREDICTIONS["multiclass"]
    table = problem.to_table(predictions)
    assert table["prediction"].tolist() == ["b", "a"]
    assert table["probability_c"].tolist() == [0.3, 0.2]


def test_differences_of_scores_count_rows_that_change_sides():
    found = BINARY.compare_columns(np.array([0.1, 0.5]), np.array([0.6, 0.5]), 0.5)
    assert (found["share_changed"], found["mean_difference"]) == (0.5, 0.25)
    assert found["correlation"] == pytest.approx(-1)


def test_differences_of_a_constant_have_no_correlation():
    assert "correlation" not in BINARY.compare_columns(np.array([0.3, 0.3]), np.array([0.6, 0.5]), 0.5)


def test_differences_of_numbers_have_a_sign_a_size_and_a_correlation():
    found = REGRESSION.compare_columns(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.5]), 0.5)
    assert found["mean_difference"] == pytest.approx(0.5 / 3)
    assert found["mean_absolute_difference"] == pytest.approx(0.5)
    assert found["correlation"] == pytest.approx(np.corrcoef([1, 2, 3], [2, 2, 2.5])[0, 1])


def test_differences_of_classes_are_the_share_of_rows_with_another_class():
    first, second = np.array(["a", "b", "c"], object), np.array(["a", "c", "c"], object)
    assert MULTICLASS.compare_columns(first, second, 0.5) == {"share_changed": pytest.approx(1 / 3)}


@pytest.mark.parametrize(
    ("value", "text", "signed"),
    [
        (123456.789, "123,457", "+123,457"),
        (12.3456, "12.346", "+12.346"),
        (-0.0000123456, "-0.000012346", "-0.000012346"),
        (0.0, "0.0000", "+0.0000"),
        (float("nan"), "nan", "+nan"),
    ],
)
def test_figure_of_a_regression_has_five_digits_in_any_unit(value, text, signed):
    assert REGRESSION.format_figure(value) == text
    assert REGRESSION.format_figure(value, signed=True) == signed


def test_figure_of_a_classifier_has_four_decimals():
    assert (BINARY.format_figure(0.71234), BINARY.format_figure(0.01, signed=True)) == ("0.7123", "+0.0100")


@pytest.mark.parametrize("problem", PROBLEM_TYPES.values(), ids=lambda problem: problem.name)
def test_comparison_metric_is_the_default_one_a_known_one_or_an_extension(problem):
    assert problem.require_comparison_metric_name(None) == problem.default_metric
    assert problem.require_comparison_metric_name("extensions.cost:cost") == "extensions.cost:cost"
    for name in COMPARISON_METRICS:
        if name in problem.comparison_metrics:
            assert problem.require_comparison_metric_name(name) == name
        else:
            with pytest.raises(ValueError, match=f"models of type {problem.name} are not compared in it"):
                problem.require_comparison_metric_name(name)


@pytest.mark.parametrize("problem", PROBLEM_TYPES.values(), ids=lambda problem: problem.name)
def test_comparison_metrics_have_a_direction_and_need_no_threshold(problem):
    metrics = [problem.metrics[name] for name in problem.comparison_metrics]
    assert problem.default_metric in problem.comparison_metrics
    assert all(metric.greater_is_better is not None and not metric.needs_threshold for metric in metrics)


def test_predictions_of_two_outputs_are_invalid_for_every_problem_type():
    for problem in (BINARY, REGRESSION):
        assert "2" in problem.find_invalid(np.full((3, 2), 0.5))


def test_labels_of_a_regression_are_no_classes():
    numbers = pd.Series(np.random.default_rng(0).random(2_000))
    problem = PROBLEM_TYPES["multiclass"].with_classes_of((), [numbers])
    with pytest.raises(ValueError, match="has 2,000 classes, more than 1,000"):
        problem.read_labels(numbers)
