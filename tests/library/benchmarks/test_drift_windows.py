"""The drawn windows of the benchmark of the drift check."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.drift_windows import CLASSES, LEVELS, SHIFTS, draw


def draw_before_and_after(shift: str, name: str) -> tuple[pd.Series, pd.Series]:
    still, moved = (draw(1, 20_000, 10, shift=kind) for kind in ("none", shift))
    return still.features[name], moved.features[name]


def test_model_without_shift_is_calibrated() -> None:
    window = draw(1, 50_000, 10)
    assert window.labels.mean() == pytest.approx(window.scores.mean(), abs=0.01)


def test_one_number_shifts_by_a_quarter_of_its_standard_deviation() -> None:
    before, now = draw_before_and_after("one number", "x000")
    assert now.mean() - before.mean() == pytest.approx(0.25)


def test_one_category_gains_six_per_cent_of_the_rows() -> None:
    before, now = draw_before_and_after("one category", "x004")
    assert (now == "shop 7").mean() - (before == "shop 7").mean() == pytest.approx(0.06, abs=0.01)


def test_one_corner_correlates_two_numbers_and_keeps_their_distributions() -> None:
    window = draw(1, 20_000, 10, shift="one corner").features
    assert window["x005"].std() == pytest.approx(1, abs=0.02)
    assert window["x000"].corr(window["x005"]) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("shift", ["more positive labels", "concept drift"])
def test_label_shifts_change_labels_and_keep_features(shift: str) -> None:
    still, moved = (draw(1, 20_000, 10, shift=kind) for kind in ("none", shift))
    pd.testing.assert_frame_equal(still.features, moved.features)
    assert not np.array_equal(still.labels, moved.labels)


def test_concept_drift_lowers_roc_auc_and_more_positive_labels_hardly_do() -> None:
    areas = {
        shift: roc_auc_score(window.labels, window.scores)
        for shift in ("none", *SHIFTS)
        for window in [draw(1, 20_000, 20, shift=shift)]
    }
    assert areas["concept drift"] < areas["none"] - 0.08
    assert abs(areas["more positive labels"] - areas["none"]) < 0.03


def test_classes_without_shift_are_calibrated() -> None:
    window = draw(1, 50_000, 10, problem="multiclass")
    for place, name in enumerate(CLASSES):
        assert (window.labels == name).mean() == pytest.approx(window.scores[:, place].mean(), abs=0.01)


def test_numbers_without_shift_have_no_bias_and_lose_skill_by_concept_drift() -> None:
    errors = {}
    for shift in ("none", "concept drift"):
        window = draw(1, 20_000, 10, problem="regression", shift=shift)
        errors[shift] = window.labels - window.scores
    assert errors["none"].mean() == pytest.approx(0, abs=0.3)
    assert np.abs(errors["concept drift"]).mean() > 1.2 * np.abs(errors["none"]).mean()


def test_quantiles_without_shift_have_their_share_of_labels_below() -> None:
    window = draw(1, 50_000, 10, problem="quantile")
    for place, level in enumerate(LEVELS):
        assert (window.labels <= window.scores[:, place]).mean() == pytest.approx(level, abs=0.01)
