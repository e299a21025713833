"""The simulated rate at which equal models are promoted, for each problem type."""

from __future__ import annotations

import pytest

from benchmarks.promotion import CONFIDENCE, EQUAL, Case, cases

PAIRS, ROWS, RESAMPLES = 300, 200, 200


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.problem.name} {case.metric}")
def test_equal_models_are_promoted_at_most_at_the_declared_rate(case: Case) -> None:
    points, surely, _ = case.rates(ROWS, EQUAL, PAIRS, RESAMPLES)

    # three standard deviations of a binomial above the declared rate
    rate = 1 - CONFIDENCE
    assert surely <= rate + 3 * (rate * CONFIDENCE / PAIRS) ** 0.5
    assert 0.4 < points < 0.6, "two points alone promote every second one"
