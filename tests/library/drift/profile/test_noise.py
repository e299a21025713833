"""The noise of a reference: variation between its periods."""

import numpy as np
import pandas as pd
import pytest

from trimtab.drift.profile import count_table
from trimtab.drift.profile.binning import empty_profile
from trimtab.drift.profile.noise import Noise, measure_noise
from trimtab.drift.profile.profiled_table import ProfiledTable
from trimtab.drift.statistics import ScoredRows
from trimtab.learning import BINARY, PROBLEM_TYPES

ROWS, PERIODS = 4000, 8


@pytest.fixture(scope="module")
def drawn():
    """A feature that varies by period, one that does not, and scores and labels that vary."""
    rng = np.random.default_rng(0)
    periods = np.repeat(np.arange(PERIODS), ROWS // PERIODS)
    shift = rng.normal(size=PERIODS)[periods]
    frame = pd.DataFrame({"steady": rng.normal(size=ROWS), "varying": rng.normal(shift)})
    scores = 1 / (1 + np.exp(-shift - rng.normal(size=ROWS)))
    labels = (rng.random(ROWS) < scores).astype(int)
    return frame, ScoredRows.read(BINARY, scores, labels, rows=ROWS), periods


def histograms(frame, periods):
    table = ProfiledTable.from_frame(frame)
    profiles = {name: empty_profile(name, table.column(name)) for name in frame}
    return count_table(table, profiles, sample=1000, periods=periods)


def test_noise_is_that_of_independent_rows_without_periods(drawn):
    frame, scored, periods = drawn
    assert measure_noise(histograms(frame, None), scored, None) == Noise()
    assert measure_noise(histograms(frame, periods * 0), scored, periods * 0) == Noise()


def test_noise_of_a_feature_that_varies_between_periods_is_larger(drawn):
    frame, _, periods = drawn
    noise = measure_noise(histograms(frame, periods), None, periods)
    assert noise.features["steady"] < 2 < 10 < noise.features["varying"]
    assert noise.joint > 0.5


def test_noise_of_predictions_and_labels_is_measured_with_predictions_only(drawn):
    frame, scored, periods = drawn
    without = measure_noise(histograms(frame, periods), None, periods)
    noise = measure_noise(histograms(frame, periods), scored, periods)
    assert (without.predictions, without.calibrated, without.metrics) == ({}, {}, {})
    assert min(noise.predictions["score"], noise.calibrated["score"]) > 5
    assert set(noise.metrics) == set(BINARY.drift_metrics)
    assert min(noise.metrics.values()) >= 1


def test_noise_of_a_metric_is_large_if_it_varies_between_periods(drawn):
    frame, _, periods = drawn
    rng = np.random.default_rng(0)
    labels = rng.normal(size=ROWS)
    errors = rng.normal(size=ROWS) * np.array([1.0, 3.0] * (PERIODS // 2))[periods]
    scored = ScoredRows.read(PROBLEM_TYPES["regression"], labels + errors, labels, rows=ROWS)
    noise = measure_noise(histograms(frame, periods), scored, periods)
    assert noise.metrics["mae"] > 50
    assert noise.calibrated["prediction"] < 5


def test_periods_with_too_few_rows_of_two_classes_do_not_count(drawn):
    frame, _, periods = drawn
    labels = np.zeros(ROWS, dtype=int)
    labels[:: ROWS // 40] = 1  # five of each period
    scored = ScoredRows.read(BINARY, np.linspace(0, 1, ROWS), labels, rows=ROWS)
    assert set(measure_noise(histograms(frame, periods), scored, periods).metrics.values()) == {1.0}


def test_noise_is_raised_to_other_design_effects_and_never_lowered():
    noise = Noise(metrics={"mae": 3.0, "rmse": 2.0}, calibrated={"prediction": 5.0}, joint=0.6)
    raised = noise.at_least(metrics={"mae": 2.0, "r2": 4.0}, calibrated={"prediction": 7.0})
    assert raised.metrics == {"mae": 3.0, "rmse": 2.0, "r2": 4.0}
    assert raised.calibrated == {"prediction": 7.0}
    assert raised.joint == 0.6
