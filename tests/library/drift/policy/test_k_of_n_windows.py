"""The k-of-n rule: how many of the last windows must exceed a bound."""

import pytest

from trimtab.drift import DriftPolicy, DriftRule, PastWindow
from trimtab.drift.policy.k_of_n_windows import require_k_of_n_windows


def rule(name="max_score_psi", **more):
    values = {"p_value": 0.0, "exceeded": True, "leads_to": "watch", "sentence": "PSI is 1."} | more
    return DriftRule.tested(name, 1.0, 0.25, **values)


def history(*exceeded):
    return [
        PastWindow(window=f"w{number}", champion="1", decision="none", exceeded=names)
        for number, names in enumerate(exceeded)
    ]


PSI, QUIET = ("max_score_psi",), ()


@pytest.mark.parametrize(
    ("needed", "of_last", "earlier", "fired"),
    [
        (1, 1, [], True),
        (2, 3, [], False),
        (2, 3, [PSI], True),
        (2, 3, [PSI, QUIET], True),
        (2, 3, [PSI, QUIET, QUIET], False),
        (3, 3, [PSI, PSI], True),
        (3, 3, [PSI, PSI, QUIET], False),
        (2, 2, [("features",)], False),
    ],
)
def test_rule_fires_when_k_of_the_last_n_windows_exceed_its_bound(needed, of_last, earlier, fired):
    policy = DriftPolicy(needed=needed, of_last=of_last)
    assert require_k_of_n_windows(rule(), policy, history(*earlier)).fired is fired


def test_rule_that_needs_more_windows_says_how_many():
    policy = DriftPolicy(needed=3, of_last=4)
    waiting = require_k_of_n_windows(rule(), policy, history(PSI))
    assert waiting.sentence == "PSI is 1. So far in 2 of the 3 windows needed."
    assert waiting.exceeded


def test_drop_of_roc_auc_fires_in_one_window():
    policy = DriftPolicy(needed=3, of_last=3)
    assert require_k_of_n_windows(rule("max_metric_drop"), policy, []).fired


def test_rule_that_is_not_exceeded_or_not_tested_is_unchanged():
    policy = DriftPolicy()
    for unchanged in (
        rule(exceeded=False),
        DriftRule.untested("max_age", 3, 3, fired=False, sentence="old."),
        DriftRule.unknown("max_metric_drop", 0.1, leads_to="retrain", sentence="unknown."),
    ):
        assert require_k_of_n_windows(unchanged, policy, history(PSI)) == unchanged
