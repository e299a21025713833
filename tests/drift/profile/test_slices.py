"""Performance by slice."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.drift.profile.slices import MAX_SLICES, MIN_ROWS, performance_by_slice, sliced_features

CATEGORIES = [f"c{number}" for number in range(MAX_SLICES + 2)]
PROFILE = CategoryProfile(counts=dict.fromkeys(CATEGORIES, 0), other=0, missing=0)


def measure(rows_of_categories):
    rng = np.random.default_rng(0)
    indices = np.repeat(np.arange(len(rows_of_categories)), rows_of_categories).astype(np.uint8)
    labels = rng.integers(0, 2, len(indices))
    scores = np.clip(labels * 0.2 + rng.random(len(indices)) * 0.8, 0, 1)
    found = performance_by_slice({"carrier": PROFILE}, {"carrier": indices}, scores, labels)["carrier"]
    return found, indices, scores, labels


def test_performance_of_a_slice_is_that_of_its_rows():
    found, indices, scores, labels = measure([500, 300])
    rows = indices == 1
    assert found["c1"].rows == 300
    assert found["c1"].roc_auc == pytest.approx(roc_auc_score(labels[rows], scores[rows]), abs=1e-6)
    assert found["c1"].auc_error > found["c0"].auc_error > 0


def test_slices_are_the_largest_categories_with_enough_rows():
    found, *_ = measure([MIN_ROWS, MIN_ROWS - 1, *[MIN_ROWS] * MAX_SLICES])
    assert list(found) == ["c0", *CATEGORIES[2:MAX_SLICES]]


def test_slice_of_one_class_has_no_performance():
    indices, labels = np.zeros(500, dtype=np.uint8), np.ones(500, dtype=np.int64)
    scores = np.full(500, 0.5)
    assert performance_by_slice({"a": PROFILE}, {"a": indices}, scores, labels) == {"a": {}}


def test_categorical_features_have_slices_and_numeric_features_have_none():
    assert sliced_features({"carrier": PROFILE, "temp": NumericProfile.empty([0.0])}) == ["carrier"]
