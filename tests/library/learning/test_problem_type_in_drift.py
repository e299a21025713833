"""What a drift check knows of each problem type."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.learning import BINARY, DRIFT_METRICS, PROBLEM_TYPES, require_drift_metric_name
from trimtab.learning.problems.expectation import Expectation

REGRESSION = PROBLEM_TYPES["regression"]
ANIMALS = PROBLEM_TYPES["multiclass"].with_classes(["cat", "dog", "eel"])
QUANTILE = PROBLEM_TYPES["quantile"].with_levels([0.1, 0.5, 0.8])
PROBLEMS = [BINARY, ANIMALS, REGRESSION, QUANTILE]
EACH = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)


@EACH
def test_drift_metrics_have_a_direction_and_need_no_threshold(problem):
    metrics = problem.drift_metrics.values()
    assert all(metric.greater_is_better is not None and not metric.needs_threshold for metric in metrics)
    assert problem.require_drift_metric(None).name == problem.default_metric
    assert {*problem.comparison_metrics} <= {*problem.drift_metrics} <= {*DRIFT_METRICS}


@pytest.mark.parametrize(
    ("problem", "name"),
    [
        (BINARY, "mae"),
        (BINARY, "precision"),
        (REGRESSION, "bias"),
        (ANIMALS, "roc_auc"),
        (QUANTILE, "interval_coverage"),
    ],
)
def test_metric_in_which_no_drop_can_be_measured_is_refused_with_the_known_ones(problem, name):
    with pytest.raises(ValueError, match=f"for {problem.name}.*known: .*{problem.default_metric}"):
        problem.require_drift_metric(name)


def test_name_of_a_drift_metric_is_one_of_any_problem_type_or_none():
    assert [require_drift_metric_name(name) for name in (None, "mae", "roc_auc")] == [None, "mae", "roc_auc"]
    with pytest.raises(ValueError, match="did you mean 'rmse'"):
        require_drift_metric_name("rmsee")


@EACH
def test_calibrated_values_have_a_column_and_a_name_for_each_column_of_predictions(problem):
    labels, predictions = problem.example(50, 0)
    values = problem.calibrated_values(labels, predictions)
    assert values.shape == (50, len(problem.columns))
    assert len(problem.calibrated) == len(problem.columns)
    assert problem.describe_labels(values.mean(axis=0).tolist())


def test_calibrated_values_are_labels_shares_or_residuals():
    assert BINARY.calibrated_values(np.array([True, False]), np.zeros(2)).tolist() == [[1.0], [0.0]]
    assert ANIMALS.calibrated_values(np.array([2]), np.zeros((1, 3))).tolist() == [[0.0, 0.0, 1.0]]
    assert REGRESSION.calibrated_values(np.array([5.0]), np.array([3.0])).tolist() == [[2.0]]


@EACH
def test_histogram_has_bins_of_equal_width(problem):
    predictions = problem.example(500, 0)[1].reshape(500, -1)[:, 0]
    edges = problem.histogram_edges(predictions)
    assert len(edges) == 39
    assert np.diff(edges) == pytest.approx(np.diff(edges)[0])


def test_histogram_of_equal_numbers_has_one_edge():
    assert REGRESSION.histogram_edges(np.full(10, 3.0)).tolist() == [3.0]


def test_classes_are_named_by_a_list_or_by_columns():
    assert ANIMALS.with_columns(["probability_a", "probability_b"]).classes == ("a", "b")
    assert ANIMALS.with_classes(np.array([1.0, 2.0])).classes == ("1", "2")
    assert BINARY.with_classes(()) is BINARY
    with pytest.raises(ValueError, match="no list of classes"):
        BINARY.with_classes([0, 1])
    with pytest.raises(ValueError, match="'p_a' of a probability is not named probability_"):
        ANIMALS.with_columns(["p_a", "p_b"])
    with pytest.raises(ValueError, match="one column of predictions, not 2"):
        REGRESSION.with_columns(["a", "b"])


def test_metrics_in_the_unit_of_the_label_have_it():
    units = {name: REGRESSION.unit_of(metric, "EUR") for name, metric in REGRESSION.metrics.items()}
    assert {name for name, unit in units.items() if unit} == {"mae", "rmse", "medae", "bias"}
    assert BINARY.unit_of(BINARY.metrics["log_loss"], "EUR") == ""


def test_shares_and_numbers_are_written_in_their_own_way():
    assert [problem.format_calibrated(0.25, "EUR") for problem in (BINARY, REGRESSION)] == [
        "25.0%",
        "0.25 EUR",
    ]
    assert [problem.format_prediction(0.25) for problem in (ANIMALS, REGRESSION)] == ["25 %", "0.25"]


@pytest.mark.parametrize(
    ("metric", "figure"),
    [("mae", 3.0), ("rmse", 4.0), ("wape", 0.3), ("mape", None), ("medae", None), ("r2", None)],
)
def test_figures_of_numbers_follow_from_the_expected_errors(metric, figure):
    expected = Expectation(
        np.zeros(1), np.zeros((1, 1), dtype=np.intp), [], {"absolute": 3.0, "squared": 16.0, "size": 10.0}
    )
    assert REGRESSION.expected_figure(REGRESSION.metrics[metric], expected) == figure


def test_figures_of_numbers_without_an_error_model_are_not_expected():
    expected = Expectation(np.zeros(1), np.zeros((1, 1), dtype=np.intp), [])
    assert REGRESSION.expected_figure(REGRESSION.metrics["mae"], expected) is None


def test_probabilities_that_are_all_zero_in_the_reference_count_as_even():
    bins = np.zeros((3, 3), dtype=np.intp)
    expected = Expectation(np.full((3, 3), 1 / 3), bins, [np.zeros(1)] * 3)
    found = ANIMALS.expected_figure(ANIMALS.metrics["log_loss"], expected)
    assert found == pytest.approx(np.log(3))


def test_standard_errors_are_in_the_order_of_the_metrics():
    labels, scores = BINARY.example(300, 0)
    metrics = [BINARY.metrics[name] for name in ("brier", "roc_auc", "log_loss")]
    together = BINARY.standard_errors(metrics, labels, scores)
    alone = [BINARY.standard_errors([metric], labels, scores)[0] for metric in metrics]
    assert together == alone


@EACH
def test_distance_of_predictions_is_zero_for_equal_ones_and_symmetric(problem):
    (_, first), (_, second) = problem.example(50, 0), problem.example(50, 1)

    distances = problem.distances(first, second)

    assert distances.shape == (50,)
    assert (problem.distances(first, first) == 0).all()
    assert (distances == problem.distances(second, first)).all()
    assert (distances > 0).any()


def test_distance_of_probabilities_is_the_probability_that_moves_to_other_classes():
    first, second = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]), np.array([[0.5, 0.2, 0.3], [0.0, 0.0, 1.0]])

    assert ANIMALS.distances(first, second) == pytest.approx([0.3, 1.0])
    assert BINARY.distances(np.array([0.2]), np.array([0.9])) == pytest.approx([0.7])


def test_prediction_has_the_unit_of_the_label_or_none():
    units = [problem.unit_of_predictions("EUR") for problem in (BINARY, ANIMALS, REGRESSION)]
    assert units == ["", "", "EUR"]
