"""The rate at which equal trained models are promoted."""

from __future__ import annotations

from itertools import islice

import pytest

from benchmarks.equal_models import CONFIDENCE, promotions
from benchmarks.mirrored_models import train_pairs

PAIRS, WINDOWS, ROWS = 5, 300, 200


@pytest.mark.slow
@pytest.mark.parametrize("cell", [("binary", "lightgbm"), ("quantile", "skops")])
def test_equal_trained_models_are_promoted_at_most_at_the_declared_rate(cell, tmp_path):
    pairs = list(islice(train_pairs(*cell, tmp_path), PAIRS))
    by_points, surely = zip(*promotions(pairs, ROWS, WINDOWS, stream=0), strict=True)

    rate = 1 - CONFIDENCE  # three standard deviations of a binomial above it
    assert sum(surely) / WINDOWS <= rate + 3 * (rate * CONFIDENCE / WINDOWS) ** 0.5
    assert 0.4 < sum(by_points) / WINDOWS < 0.6
