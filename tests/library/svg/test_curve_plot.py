"""Curves: where scikit-learn's figures say they are, a line a model."""

from __future__ import annotations

import re

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from trimtab.svg.curve_plot import SIDE, plot_curves

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.random(5000) < 0.3
SCORES = {
    "challenger": np.clip(RANDOM.normal(0.3 + 0.2 * LABELS, 0.2), 0.001, 0.999),
    "champion": np.clip(RANDOM.normal(0.3 + 0.1 * LABELS, 0.2), 0.001, 0.999),
}


def points(path: str) -> np.ndarray:
    """The points of a path on the unit square, of shape (2, n_points)."""
    across, down = np.array(re.findall(r"([\d.]+) ([\d.]+)", path), float).T / SIDE
    return np.array([across, 1 - down])


@pytest.mark.parametrize("name", SCORES)
def test_area_below_a_curve_is_what_the_metric_says(name):
    roc, precision_recall, _ = (
        {name: points(path) for name, path, _ in curve.series} for curve in plot_curves(LABELS, SCORES)
    )
    (false, true), (_, precision), scores = roc[name], precision_recall[name], SCORES[name]

    assert np.trapezoid(true, false) == pytest.approx(roc_auc_score(LABELS, scores), abs=0.005)
    assert precision.mean() == pytest.approx(average_precision_score(LABELS, scores), abs=0.01)


def test_calibration_of_a_model_that_is_right_lies_on_the_diagonal():
    scores = RANDOM.random(50_000)
    calibration = plot_curves(RANDOM.random(50_000) < scores, {"model": scores})[2]

    ((_, path, dots),) = calibration.series

    said, seen = points(path)
    assert len(dots) == len(said) == 10
    np.testing.assert_allclose(said, seen, atol=0.03)
