"""The mean observed value by bin of predictions, and what follows from it for a window."""

import pytest

from trimtab.drift.statistics.calibration_curve import bin_means, expected_mean


def test_mean_of_an_empty_bin_is_that_of_all_rows():
    assert bin_means([10, 0, 10], [2, 0, 4]).tolist() == [0.2, 0.3, 0.4]


def test_expected_mean_weights_bins_by_rows():
    assert expected_mean([30, 10], [0.1, 0.5]) == pytest.approx(0.2)
