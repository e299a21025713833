from __future__ import annotations

from tests.library.monitoring.watched import watched
from trimtab.drift.policy.drift_rule import BUILT_IN_RULES
from trimtab.monitoring.watched_model import BOUNDS


def test_bounds_are_numbers_or_relative():
    bounds = watched().drift_bounds()
    assert (bounds["max_score_psi"], bounds["max_metric_drop"], bounds["max_slice_metric_drop"]) == (
        0.5,
        None,
        None,
    )


def test_each_bound_is_a_drift_rule():
    assert set(BOUNDS) <= BUILT_IN_RULES
