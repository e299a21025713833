"""A metric of a project as a function of row weights."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.errors import ConfigError
from trimtab.learning import BINARY, metric
from trimtab.learning.problems.project_metric import project_statistic, require_weighted

LABELS, SCORES = np.array([True, False, True, False]), np.array([0.9, 0.2, 0.6, 0.7])


@metric(greater_is_better=False)
def absolute_error(y_true, y_pred, sample_weight):
    return np.average(np.abs(y_true - y_pred), weights=sample_weight)


@metric(greater_is_better=False)
def positive_error(y_true, y_pred, sample_weight):
    """Undefined, which is NaN, if no positive row was drawn."""
    weights = sample_weight[y_true]
    return np.nan if not weights.sum() else np.average(1 - y_pred[y_true], weights=weights)


def test_project_statistic_is_computed_for_each_resample():
    weights = np.array([[1.0, 1, 1, 1], [0, 0, 0, 2]])

    assert project_statistic(absolute_error, LABELS, SCORES)(weights) == pytest.approx([0.35, 0.7])


def test_project_statistic_may_be_undefined_in_a_resample():
    found = project_statistic(positive_error, LABELS, SCORES)(np.array([[0.0, 1, 0, 1], [1, 1, 1, 1]]))

    assert np.isnan(found[0])
    assert found[1] == pytest.approx(0.25)


def test_project_statistic_that_is_infinite_is_refused():
    endless = metric(greater_is_better=True)(lambda y_true, y_pred, sample_weight: 1 / np.float64(0))

    with np.errstate(divide="ignore"), pytest.raises(ConfigError, match="is not finite: inf"):
        project_statistic(endless, LABELS, SCORES)(np.ones((1, 4)))


@pytest.mark.parametrize("weighted", [absolute_error, positive_error])
def test_metric_that_uses_the_weights_is_accepted(weighted):
    require_weighted(weighted, BINARY)


@pytest.mark.parametrize(
    "careless",
    [
        lambda y_true, y_pred, sample_weight: float(y_pred.mean()),
        lambda y_true, y_pred, sample_weight: float(y_pred[sample_weight > 0].mean()),
    ],
    ids=["ignores the weights", "takes them as a mask"],
)
def test_metric_for_which_a_weight_is_no_count_of_rows_is_refused(careless):
    with pytest.raises(ConfigError, match="does not take the weights as counts of rows: it is 0"):
        require_weighted(metric(greater_is_better=True)(careless), BINARY)


def test_metric_of_extreme_scores_only_is_accepted():
    @metric(greater_is_better=False)
    def sure(y_true, y_pred, sample_weight):
        return np.average(y_pred > 1 - 1e-12, weights=sample_weight)

    require_weighted(sure, BINARY)


def test_metric_is_undefined_if_no_row_was_drawn():
    assert np.isnan(project_statistic(absolute_error, LABELS, SCORES)(np.zeros((1, 4)))).all()


def test_metric_cannot_change_the_arrays_that_other_metrics_are_computed_from():
    @metric(greater_is_better=True)
    def careless(y_true, y_pred, sample_weight):
        sample_weight /= sample_weight.sum()
        return float(sample_weight @ y_pred)

    with pytest.raises(ConfigError, match=r"'careless' failed: ValueError: .*read-only"):
        project_statistic(careless, LABELS, SCORES)(np.ones((1, 4)))


def test_metric_of_a_project_is_still_a_function():
    assert absolute_error(LABELS, SCORES, np.ones(4)) == pytest.approx(0.35)
