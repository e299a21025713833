"""The three kinds of drift rules: tested, untested and unknown."""

from __future__ import annotations

import pytest

from trimtab.drift import DriftRule


@pytest.mark.parametrize("exceeded", [True, False])
def test_tested_drift_rule_has_not_fired_yet(exceeded):
    rule = DriftRule.tested(
        "max_metric_drop",
        0.1,
        0.03,
        p_value=0.001,
        exceeded=exceeded,
        leads_to="retrain",
        sentence="it fell.",
    )

    assert (rule.exceeded, rule.fired, rule.p_value) == (exceeded, False, 0.001)


@pytest.mark.parametrize("fired", [True, False])
def test_untested_drift_rule_fires_in_one_window_and_is_investigated(fired):
    rule = DriftRule.untested("min_rows", 10, 200, fired=fired, sentence="10 rows.")

    assert (rule.exceeded, rule.fired, rule.p_value) == (fired, fired, None)
    assert rule.leads_to == "investigate"


def test_drift_rule_with_an_unknown_value_never_fires():
    rule = DriftRule.unknown("max_metric_drop", 0.03, leads_to="retrain", sentence="labels are delayed.")

    assert (rule.value, rule.exceeded, rule.fired) == (None, False, False)
