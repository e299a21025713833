"""The worlds the drift check is measured in are what they say they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.drift_worlds import SHIFTS, draw


def apart(shift: str, name: str) -> tuple[pd.Series, pd.Series]:
    still, moved = (draw(1, 20_000, 10, shift=kind) for kind in ("none", shift))
    return still.features[name], moved.features[name]


def test_the_model_of_a_world_that_stands_still_is_calibrated() -> None:
    window = draw(1, 50_000, 10)
    assert window.labels.mean() == pytest.approx(window.scores.mean(), abs=0.01)


def test_one_number_moves_by_a_quarter_of_its_spread() -> None:
    before, now = apart("one number", "x000")
    assert now.mean() - before.mean() == pytest.approx(0.25)


def test_one_category_takes_six_per_cent() -> None:
    before, now = apart("one category", "x004")
    assert (now == "shop 7").mean() - (before == "shop 7").mean() == pytest.approx(0.06, abs=0.01)


def test_in_the_corner_each_number_stays_as_it_was_and_they_go_together() -> None:
    window = draw(1, 20_000, 10, shift="one corner").features
    assert window["x005"].std() == pytest.approx(1, abs=0.02)
    assert window["x000"].corr(window["x005"]) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("shift", ["more outcomes", "another concept"])
def test_outcomes_and_concepts_change_with_the_features_as_they_were(shift: str) -> None:
    still, moved = (draw(1, 20_000, 10, shift=kind) for kind in ("none", shift))
    pd.testing.assert_frame_equal(still.features, moved.features)
    assert not np.array_equal(still.labels, moved.labels)


def test_another_concept_costs_the_model_and_more_outcomes_hardly() -> None:
    areas = {
        shift: roc_auc_score(window.labels, window.scores)
        for shift in ("none", *SHIFTS)
        for window in [draw(1, 20_000, 20, shift=shift)]
    }
    assert areas["another concept"] < areas["none"] - 0.08
    assert abs(areas["more outcomes"] - areas["none"]) < 0.03
