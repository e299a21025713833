"""Windows like the reference rarely raise an alarm, whatever the problem type."""

from __future__ import annotations

import pytest

from trimtab.drift import DriftPolicy, decide, measure

WINDOWS, ROWS = 40, 400
# The bounds are so low that significance alone decides. Of 40 windows at a rate of 0.05, 6 or more raise an
# alarm in 1 of 70 cases.
MOST_ALARMS = 5
POLICY = DriftPolicy(
    min_rows=100,
    false_alarm_rate=0.05,
    max_metric_drop=1e-6,
    max_estimated_metric_drop=1e-6,
    max_slice_metric_drop=1e-6,
    max_calibration_gap=1e-6,
    max_score_psi=1e-6,
    min_psi=0.0,
    max_domain_auc=0.5,
)


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("name", ["reference", "numbers", "classes", "quantiles"])
def test_windows_like_the_reference_raise_an_alarm_at_most_at_the_declared_rate(request, name, labelled):
    reference = request.getfixturevalue(name)
    draw = request.getfixturevalue({"reference": "draw"}.get(name, f"draw_{name}"))
    alarms = []
    for seed in range(100, 100 + WINDOWS):
        features, predictions, labels = draw(seed=seed, rows=ROWS)
        verdict = decide(measure(reference, features, predictions, labels if labelled else None), POLICY)
        alarms += [[rule.name for rule in verdict.rules if rule.fired]] * (verdict.decision != "none")
    assert len(alarms) <= MOST_ALARMS, alarms
