"""The noise of a reference: variation between its periods."""

import numpy as np
import pandas as pd
import pytest

from trimtab.drift.profile import count_table
from trimtab.drift.profile.binning import empty_profile
from trimtab.drift.profile.noise import Noise, measure_noise
from trimtab.drift.profile.profiled_table import ProfiledTable

ROWS, PERIODS = 4000, 8


@pytest.fixture(scope="module")
def drawn():
    """A feature that varies by period, one that does not, and scores and labels that vary."""
    rng = np.random.default_rng(0)
    periods = np.repeat(np.arange(PERIODS), ROWS // PERIODS)
    shift = rng.normal(size=PERIODS)[periods]
    frame = pd.DataFrame({"steady": rng.normal(size=ROWS), "varying": rng.normal(shift)})
    scores = 1 / (1 + np.exp(-shift - rng.normal(size=ROWS)))
    return frame, scores, (rng.random(ROWS) < scores).astype(int), periods


def histograms(frame, periods):
    table = ProfiledTable.from_frame(frame)
    profiles = {name: empty_profile(name, table.column(name)) for name in frame}
    return count_table(table, profiles, sample=1000, periods=periods)


def test_noise_is_that_of_independent_rows_without_periods(drawn):
    frame, scores, labels, periods = drawn
    assert measure_noise(histograms(frame, None), (scores, labels), None) == Noise()
    assert measure_noise(histograms(frame, periods * 0), (scores, labels), periods * 0) == Noise()


def test_noise_of_a_feature_that_varies_between_periods_is_larger(drawn):
    frame, _, _, periods = drawn
    noise = measure_noise(histograms(frame, periods), None, periods)
    assert noise.features["steady"] < 2 < 10 < noise.features["varying"]
    assert noise.joint > 0.5


def test_noise_of_scores_and_labels_is_measured_with_scores_only(drawn):
    frame, scores, labels, periods = drawn
    without = measure_noise(histograms(frame, periods), None, periods)
    noise = measure_noise(histograms(frame, periods), (scores, labels), periods)
    assert (without.scores, without.base_rate, without.roc_auc) == (1, 1, 1)
    assert min(noise.scores, noise.base_rate) > 5
    assert noise.roc_auc >= 1
