"""What telemetry records of a drift check: the decision, each rule with its bound, the champion's metric."""

from __future__ import annotations

from trimtab.drift import DriftVerdict, PastWindow
from trimtab.telemetry import instruments, record


def record_drift_check(model: str, verdict: DriftVerdict, past: PastWindow) -> None:
    """Record a verdict that MLflow has got.

    Args:
        model: The registered model.
        verdict: The verdict, with its rules.
        past: The verdict as an entry of the window history.
    """
    of_model = {instruments.MODEL: model}
    record(instruments.DRIFT_CHECKS, 1, {**of_model, instruments.DECISION: past.decision})
    for rule in verdict.rules:
        if rule.name and rule.value is not None:
            of_rule = {**of_model, instruments.RULE: rule.name}
            record(instruments.DRIFT_VALUE, rule.value, of_rule)
            record(instruments.DRIFT_BOUND, rule.bound, of_rule)
    predictions = verdict.measurement.predictions
    if predictions is not None and predictions.figure.window is not None:
        of_metric = {**of_model, instruments.METRIC: predictions.metric.name}
        record(instruments.CHAMPION_METRIC, predictions.figure.window, of_metric)
    if past.outcome == "pending":
        record(instruments.RETRAINS, 1, {**of_model, instruments.RETRAIN: "requested"})
