"""Evaluate: figures and curves that mean what they say."""

import numpy as np
import pandas as pd
import pytest

from pipelines.flights.curves import calibration, learning_curve, precision_recall, roc
from pipelines.flights.evaluate import EvaluateParams, draw, importance, measure, predict
from pipelines.flights.features import FEATURES

LABELS = pd.Series([0, 0, 0, 1, 0, 1, 1, 1, 0, 1] * 20)
PERFECT = LABELS.to_numpy() * 0.8 + 0.1
BLIND = np.full(len(LABELS), 0.5)
PARAMS = EvaluateParams(calibration_bins=5, importance_rows=500, importance_repeats=1, seed=0, threads=1)


def test_a_perfect_and_a_blind_model_get_the_figures_of_the_textbook():
    assert measure(LABELS, PERFECT) == pytest.approx(
        {"roc_auc": 1, "average_precision": 1, "log_loss": 0.105361, "brier": 0.01, "rows": 200}
    )
    assert measure(LABELS, BLIND) == pytest.approx(
        {"roc_auc": 0.5, "average_precision": 0.5, "log_loss": 0.693147, "brier": 0.25, "rows": 200}
    )


def test_roc_rises_at_once_for_a_perfect_model_and_is_the_diagonal_for_a_blind_one():
    points = roc(LABELS, {"model": PERFECT, "baseline": BLIND})
    assert list(points) == ["false_positive_rate", "model", "baseline"]
    assert (points["model"] == 1).all()
    np.testing.assert_allclose(points["baseline"], points["false_positive_rate"])


def test_precision_is_one_for_a_perfect_model_and_the_base_rate_for_a_blind_one():
    points = precision_recall(LABELS, {"model": PERFECT, "baseline": BLIND})
    assert (points["model"] == 1).all()
    assert (points["baseline"] == 0.5).all()
    assert points["recall"].iloc[-1] == 1


def test_calibration_has_as_many_flights_in_each_bin():
    points = calibration(LABELS, PERFECT, bins=5)
    assert points["flights"].tolist() == [40] * 5
    assert points["predicted"].is_monotonic_increasing
    assert points["observed"].iloc[[0, -1]].tolist() == [0, 1]


def test_importance_is_seeded_and_names_every_feature(fitted, prepared):
    table = prepared.tail(2000)
    first, second = (importance(fitted[0], table, PARAMS) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert sorted(first["feature"]) == sorted(FEATURES)
    assert first["auc_lost"].is_monotonic_decreasing


def test_model_and_baseline_are_drawn_side_by_side(fitted, prepared):
    table = prepared.tail(2000)
    scores = {
        name: predict(estimator, table) for name, estimator in zip(("model", "baseline"), fitted, strict=True)
    }
    drawn = draw(table["late"], scores, PARAMS)
    assert list(drawn) == ["roc", "precision_recall", "calibration_model", "calibration_baseline"]
    assert all(points.notna().all(axis=None) for points in drawn.values())


def test_learning_curve_ends_with_the_whole_model_and_falls_on_what_was_learnt(fitted, prepared):
    learnt, unseen = prepared.head(5000), prepared.tail(2000)
    points = learning_curve(fitted[0], {"train": learnt, "test": unseen})
    assert list(points) == ["trees", "train_log_loss", "test_log_loss"]
    assert points["trees"].tolist() == [1, 2, 3, 4, 5]
    assert points["train_log_loss"].is_monotonic_decreasing
    for name, table in (("train", learnt), ("test", unseen)):
        whole = measure(table["late"], predict(fitted[0], table))["log_loss"]
        assert points[f"{name}_log_loss"].iloc[-1] == pytest.approx(whole, abs=1e-6)
