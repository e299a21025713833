"""Build a reference profile, and refuse a table that has none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from trimtab.drift import build_reference
from trimtab.errors import DriftError


def test_reference_profile_has_rows_performance_and_feature_kinds(draw, reference):
    features, scores, labels = draw(seed=1)

    assert reference.rows == len(features)
    assert reference.predictions.base_rate == labels.mean()
    assert reference.predictions.performance.roc_auc == pytest.approx(roc_auc_score(labels, scores), abs=1e-6)
    assert {name: profile.kind for name, profile in reference.features.items()} == {
        "carrier": "category",
        "precip": "numeric",
        "temp": "numeric",
    }


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([0.1, 0.2, 0.3], [0, 0, 0], "The labels hold one class only: all 3 are 0"),
        ([0.1, 0.2, 0.3], [0, 1], r"The shape of the labels does not fit 3 rows: \(2,\)"),
        ([[0.9, 0.1]] * 3, [0, 1, 0], r"The shape of the scores does not fit 3 rows: \(3, 2\)"),
        ([0.1, 1.2, np.nan], [0, 1, 0], "Scores are not probabilities: 2 of 3"),
        ([0.1, 0.2, 0.3], [0, 1, np.nan], "Labels are neither 0 nor 1: 1 of 3"),
        (
            [0.1, 0.2, 0.3],
            pd.array([True, False, None], dtype="boolean"),
            "Labels are neither 0 nor 1: 1 of 3",
        ),
        ([0.1, 0.2, 0.3], ["late", "on time", "late"], "The labels are not numbers"),
    ],
)
def test_invalid_scores_or_labels_are_refused(scores, labels, message):
    with pytest.raises(DriftError, match=message):
        build_reference(pd.DataFrame({"x": [1, 2, 3]}), scores, labels)


def test_table_without_rows_is_refused():
    with pytest.raises(DriftError, match="The table has no rows"):
        build_reference(pd.DataFrame({"x": []}), [], [])


def test_importance_below_zero_counts_as_none(draw):
    importance = {"temp": 0.01, "carrier": -0.002}

    assert build_reference(*draw(seed=1), importance=importance).importance == {"carrier": 0.0, "temp": 0.01}


def test_importance_of_an_unknown_feature_is_refused_by_name(draw):
    with pytest.raises(DriftError, match="Importance is given for unknown features: tmep"):
        build_reference(*draw(seed=1), importance={"tmep": 0.01})


def test_periods_of_another_length_are_refused(draw):
    with pytest.raises(DriftError, match=r"The shape of the periods does not fit 2000 rows: \(3,\)"):
        build_reference(*draw(seed=1), periods=[1, 2, 3])
