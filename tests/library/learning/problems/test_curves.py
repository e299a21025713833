"""Curves of models, in the units of their axes."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.learning import BINARY, PROBLEM_TYPES
from trimtab.learning.problems.curves import CurvePlot

RANDOM = np.random.default_rng(0)
ROWS = 4000
CLASSES = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
WANTED = {"multiclass", "regression", "quantile"}
PROBLEMS = {**PROBLEM_TYPES, "quantile": PROBLEM_TYPES["quantile"].with_levels([0.1, 0.5, 0.9])}


def multiclass() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Calibrated probabilities, and the same for every row."""
    probabilities = CLASSES[RANDOM.integers(0, 3, ROWS)]
    labels = (RANDOM.random((ROWS, 1)) > probabilities.cumsum(axis=1)).sum(axis=1).clip(max=2)
    return labels, {"challenger": probabilities, "champion": np.full((ROWS, 3), 1 / 3)}


def regression() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Predictions with small and with large errors, one of them a million."""
    labels = RANDOM.normal(2_000, 500, ROWS)
    near = labels + RANDOM.normal(0, 50, ROWS)
    far = labels + RANDOM.normal(0, 200, ROWS)
    far[0] += 1e6
    return labels, {"challenger": near, "champion": far}


def quantile() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Right quantiles of labels whose spread varies, and those of a mean spread."""
    spread = RANDOM.uniform(1, 5, ROWS)
    standard = np.array([-1.2816, 0, 1.2816])
    labels = RANDOM.normal(0, spread)
    return labels, {"challenger": spread[:, None] * standard, "champion": np.tile(3 * standard, (ROWS, 1))}


def curves(name: str) -> list[CurvePlot]:
    labels, predictions = {"multiclass": multiclass, "regression": regression, "quantile": quantile}[name]()
    return PROBLEMS[name].curves(labels, predictions)


@pytest.mark.parametrize("name", sorted(WANTED))
def test_each_plot_has_a_line_of_each_model_within_its_axes(name):
    for plot in curves(name):
        assert [line.name for line in plot.lines] == ["challenger", "champion"]
        for line in plot.lines:
            assert len(line.across) == len(line.up) > 1
            for values, (low, high) in ((line.across, plot.across_range), (line.up, plot.up_range)):
                assert low <= values.min()
                assert values.max() <= high


def test_calibration_of_calibrated_probabilities_of_classes_lies_on_the_diagonal():
    plot = curves("multiclass")[0]
    np.testing.assert_allclose(plot.lines[0].across, plot.lines[0].up, atol=0.08)


def test_accuracy_of_the_most_certain_rows_is_higher_and_ends_at_the_accuracy_of_all():
    labels, predictions = multiclass()
    line = PROBLEM_TYPES["multiclass"].curves(labels, predictions)[1].lines[0]
    assert line.up[20] > line.up[-1] + 0.1
    assert line.up[-1] == pytest.approx((predictions["challenger"].argmax(axis=1) == labels).mean())
    assert line.across[-1] == 1


def test_share_of_rows_by_error_is_higher_for_the_better_regressor_whatever_one_outlier_says():
    _, shares = curves("regression")
    better, worse = shares.lines
    assert shares.across_range == (0, 500) or shares.across_range[1] < 1_000
    assert (better.up >= worse.up).all()


def test_right_quantiles_lie_on_the_diagonal_and_their_intervals_cover_as_much_at_any_width():
    calibration, coverage = curves("quantile")
    np.testing.assert_allclose(calibration.lines[0].across, calibration.lines[0].up, atol=0.03)
    np.testing.assert_allclose(coverage.lines[0].up, 0.8, atol=0.07)
    assert coverage.up.endswith("0.8 expected")


def test_one_row_has_curves():
    for name, labels, prediction in (
        ("multiclass", np.array([1]), np.array([[0.2, 0.8]])),
        ("regression", np.array([3.0]), np.array([3.0])),
        ("quantile", np.array([3.0]), np.array([[3.0, 4.0, 5.0]])),
    ):
        assert len(PROBLEMS[name].curves(labels, {"model": prediction})) == 2


def test_curves_of_binary_scores_have_three_plots_on_the_unit_square():
    scores = RANDOM.random(500)
    plots = BINARY.curves(RANDOM.random(500) < scores, {"model": scores})
    assert [plot.title for plot in plots] == ["ROC", "Precision and recall", "Calibration"]
    assert {plot.across_range for plot in plots} == {(0, 1)}
