import numpy as np
import pandas as pd
import pytest

from trimtab.drift import build_reference, measure
from trimtab.drift.statistics.performance_estimate import (
    expected_auc,
    expected_base_rate,
    positive_rates,
)


def test_the_expected_auc_of_outcomes_that_are_certain_is_the_true_one():
    # scores 1..4, one row each, positive at 2 and 4: of four pairs three are in order
    assert expected_auc([1, 1, 1, 1], [0, 1, 0, 1]) == 0.75


def test_scores_that_say_nothing_are_expected_to_part_nothing():
    assert expected_auc([10, 10, 10], [0.3, 0.3, 0.3]) == pytest.approx(0.5)


def test_one_class_only_has_no_area():
    assert expected_auc([10, 10], [0, 0]) is None


def test_an_empty_bin_has_the_rate_of_all_rows():
    assert positive_rates([10, 0, 10], [2, 0, 4]).tolist() == [0.2, 0.3, 0.4]


def world(seed, centre, rows=20_000):
    """Outcomes whose odds follow x, and a calibrated model of them; only where x lies changes."""
    rng = np.random.default_rng(seed)
    x = rng.normal(centre, 1, rows)
    scores = 1 / (1 + np.exp(1 - 2 * x * (x > 0)))  # below zero, x says nothing
    return pd.DataFrame({"x": x}), scores, (rng.random(rows) < scores).astype(int)


def test_what_moved_features_cost_is_seen_before_outcomes_are_there():
    reference = build_reference(*world(1, centre=0.5))
    features, scores, labels = world(2, centre=-1.0)

    blind, seeing = measure(reference, features, scores), measure(reference, features, scores, labels)

    truth = seeing.predictions.performance["roc_auc"]
    assert truth.change < -0.1
    assert blind.predictions.estimated_auc.window == pytest.approx(truth.window, abs=0.02)
    expected = blind.predictions.expected_base_rate.window
    assert expected == pytest.approx(labels.mean(), abs=0.01)


def test_a_world_that_answers_differently_to_the_same_features_is_not_seen():
    reference = build_reference(*world(1, centre=0.5))
    features, scores, _ = world(2, centre=0.5)

    estimate = measure(reference, features, scores).predictions.estimated_auc

    assert abs(estimate.change) < 0.01


def test_of_the_reference_itself_the_estimate_is_the_truth():
    window = world(1, centre=0.5)
    estimate = measure(build_reference(*window), *window).predictions.estimated_auc
    assert estimate.change == 0


def test_the_expected_base_rate_weighs_bins_by_their_rows():
    assert expected_base_rate([30, 10], [0.1, 0.5]) == pytest.approx(0.2)
