"""What a collector receives of a drift check."""

from __future__ import annotations

from types import SimpleNamespace

from trimtab import telemetry
from trimtab.drift import PastWindow
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.registry.drift_log.drift_telemetry import record_drift_check

RULES = (
    DriftRule.untested("max_score_psi", 0.6, 0.5, fired=True, sentence="", leads_to="watch"),
    DriftRule.unknown("max_metric_drop", 0.03, leads_to="retrain", sentence=""),
    DriftRule.untested("", 1.0, 2.0, fired=False, sentence="a rule without a key"),
)


def check(decision: str, outcome: str | None = None) -> None:
    past = PastWindow(window="2013-07", champion="3", decision=decision, outcome=outcome)
    predictions = SimpleNamespace(metric=SimpleNamespace(name="roc_auc"), figure=SimpleNamespace(window=0.71))
    verdict = SimpleNamespace(rules=RULES, measurement=SimpleNamespace(predictions=predictions))
    record_drift_check("flights", verdict, past)
    telemetry.flush()


def test_check_is_recorded_with_value_and_bound_of_each_rule_that_has_a_key(collector):
    check("watch")

    assert collector.values("trimtab.drift.checks", "trimtab.model", "trimtab.drift.decision") == {
        ("flights", "watch"): 1
    }
    assert collector.values("trimtab.drift.value", "trimtab.drift.rule") == {"max_score_psi": 0.6}
    assert collector.values("trimtab.drift.bound", "trimtab.drift.rule") == {"max_score_psi": 0.5}
    assert collector.values("trimtab.champion.metric", "trimtab.metric") == {"roc_auc": 0.71}
    assert collector.values("trimtab.retrains", "trimtab.retrain.state") == {}


def test_requested_retrain_is_counted(collector):
    check("retrain", "pending")
    assert collector.values("trimtab.retrains", "trimtab.model", "trimtab.retrain.state") == {
        ("flights", "requested"): 1
    }
