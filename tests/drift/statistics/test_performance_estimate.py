import numpy as np
import pandas as pd
import pytest

from trimtab.drift import build_reference, measure
from trimtab.drift.statistics.performance_estimate import (
    expected_auc,
    expected_base_rate,
    positive_rates,
)


def test_expected_auc_of_certain_labels_is_the_true_auc():
    # scores 1..4, one row each, positive at 2 and 4: of four pairs three are in order
    assert expected_auc([1, 1, 1, 1], [0, 1, 0, 1]) == 0.75


def test_expected_auc_of_equal_rates_is_one_half():
    assert expected_auc([10, 10, 10], [0.3, 0.3, 0.3]) == pytest.approx(0.5)


def test_expected_auc_of_one_class_is_none():
    assert expected_auc([10, 10], [0, 0]) is None


def test_positive_rate_of_an_empty_bin_is_that_of_all_rows():
    assert positive_rates([10, 0, 10], [2, 0, 4]).tolist() == [0.2, 0.3, 0.4]


def draw_window(seed, centre, rows=20_000):
    """Draw x around a centre, calibrated scores, and labels."""
    rng = np.random.default_rng(seed)
    x = rng.normal(centre, 1, rows)
    scores = 1 / (1 + np.exp(1 - 2 * x * (x > 0)))  # below zero, x has no effect
    return pd.DataFrame({"x": x}), scores, (rng.random(rows) < scores).astype(int)


def test_estimated_auc_shows_the_cost_of_feature_drift_without_labels():
    reference = build_reference(*draw_window(1, centre=0.5))
    features, scores, labels = draw_window(2, centre=-1.0)

    without, with_labels = measure(reference, features, scores), measure(reference, features, scores, labels)

    truth = with_labels.predictions.performance["roc_auc"]
    assert truth.change < -0.1
    assert without.predictions.estimated_auc.window == pytest.approx(truth.window, abs=0.02)
    expected = without.predictions.expected_base_rate.window
    assert expected == pytest.approx(labels.mean(), abs=0.01)


def test_estimated_auc_does_not_depend_on_the_labels():
    reference = build_reference(*draw_window(1, centre=0.5))
    features, scores, _ = draw_window(2, centre=0.5)

    estimate = measure(reference, features, scores).predictions.estimated_auc

    assert abs(estimate.change) < 0.01


def test_estimated_auc_of_the_reference_is_the_true_auc():
    window = draw_window(1, centre=0.5)
    estimate = measure(build_reference(*window), *window).predictions.estimated_auc
    assert estimate.change == 0


def test_expected_base_rate_weights_bins_by_rows():
    assert expected_base_rate([30, 10], [0.1, 0.5]) == pytest.approx(0.2)
