"""Performance by slice."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, roc_auc_score

from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.drift.profile.slices import MAX_SLICES, MIN_ROWS, performance_by_slice, sliced_features
from trimtab.drift.statistics import ScoredRows
from trimtab.learning import BINARY, PROBLEM_TYPES

CATEGORIES = [f"c{number}" for number in range(MAX_SLICES + 2)]
PROFILE = CategoryProfile(counts=dict.fromkeys(CATEGORIES, 0), other=0, missing=0)
AUC = {"roc_auc": BINARY.metrics["roc_auc"]}


def measure(rows_of_categories):
    rng = np.random.default_rng(0)
    indices = np.repeat(np.arange(len(rows_of_categories)), rows_of_categories).astype(np.uint8)
    labels = rng.integers(0, 2, len(indices))
    scores = np.clip(labels * 0.2 + rng.random(len(indices)) * 0.8, 0, 1)
    scored = ScoredRows.read(BINARY, scores, labels, rows=len(indices))
    found = performance_by_slice({"carrier": PROFILE}, {"carrier": indices}, scored, AUC)["carrier"]
    return found, indices, scores, labels


def test_performance_of_a_slice_is_that_of_its_rows():
    found, indices, scores, labels = measure([500, 300])
    rows = indices == 1
    figure = found["c1"].figures["roc_auc"]
    assert found["c1"].rows == 300
    assert figure.value == pytest.approx(roc_auc_score(labels[rows], scores[rows]), abs=1e-6)
    assert figure.error > found["c0"].figures["roc_auc"].error > 0


def test_slices_are_the_largest_categories_with_enough_rows():
    found, *_ = measure([MIN_ROWS, MIN_ROWS - 1, *[MIN_ROWS] * MAX_SLICES])
    assert list(found) == ["c0", *CATEGORIES[2:MAX_SLICES]]


def test_slice_of_one_class_has_no_performance():
    indices = np.zeros(500, dtype=np.uint8)
    scored = ScoredRows.read(BINARY, np.full(500, 0.5), np.ones(500), rows=500)
    assert performance_by_slice({"a": PROFILE}, {"a": indices}, scored, AUC) == {"a": {}}


def test_slice_of_numbers_has_the_metrics_of_regression_for_rows_with_a_label():
    regression = PROBLEM_TYPES["regression"]
    values, predictions = regression.example(600, 0)
    labels = np.where(np.arange(600) < 300, values, np.nan)
    scored = ScoredRows.read(regression, predictions, labels, rows=600)
    indices = np.zeros(600, dtype=np.uint8)
    (found,) = performance_by_slice({"a": PROFILE}, {"a": indices}, scored, regression.drift_metrics)[
        "a"
    ].values()
    assert found.rows == 300
    assert set(found.figures) == set(regression.drift_metrics)
    expected = mean_absolute_error(values[:300], predictions[:300])
    assert found.figures["mae"].value == pytest.approx(expected, abs=1e-6)


def test_categorical_features_have_slices_and_numeric_features_have_none():
    assert sliced_features({"carrier": PROFILE, "temp": NumericProfile.empty([0.0])}) == ["carrier"]
