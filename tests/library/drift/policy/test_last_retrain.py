"""What the last retrain gained, and what the next one is expected to gain."""

import pytest

from trimtab.drift import LastRetrain


@pytest.mark.parametrize(("ages", "expected"), [(0.5, 0.01), (1.0, 0.02), (3.0, 0.06)])
def test_expected_gain_is_in_proportion_to_the_age_of_the_data(ages, expected):
    assert LastRetrain("version 1", 0.02, 0.01, ages).expected_gain == pytest.approx(expected)


def test_expected_gain_is_unknown_when_the_models_cannot_be_compared():
    retrain = LastRetrain.unknown("version 1", "it cannot be loaded")
    assert (retrain.gain, retrain.expected_gain, retrain.obstacle) == (None, None, "it cannot be loaded")
