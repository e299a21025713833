"""Retrain limits: a pending retrain, the back-off, the cooldown, and the retrain budget."""

from __future__ import annotations

from collections.abc import Sequence

from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.policy.window_history import PastWindow
from trimtab.params_sections import DriftPolicy


def check_retrain_limits(
    policy: DriftPolicy, history: Sequence[PastWindow], own: Sequence[PastWindow], fired: DriftRule
) -> tuple[DriftRule, ...]:
    """Return the limits of a retrain as rules. The first one that fired decides what follows instead.

    Args:
        policy: The limits.
        history: The earlier windows, the oldest first.
        own: Those checked with the live model. A retrain requested before that model is not pending.
        fired: The rule that asks for a retrain.
    """
    retrains = [
        (ago, past) for ago, past in enumerate(reversed(history), start=1) if past.outcome is not None
    ]  # the newest first
    return (
        _pending(own),
        _back_off(policy, retrains, fired),
        _cooldown(policy, retrains),
        _budget(policy, retrains),
    )


def _pending(own: Sequence[PastWindow]) -> DriftRule:
    pending = [past.window for past in own if past.outcome == "pending"]
    sentence = (
        f"the retrain requested for {pending[-1]} has no result yet;"
        " check whether its DAG is paused or has failed."
        if pending
        else "no retrain is pending."
    )
    return DriftRule.untested("pending", len(pending), 0, fired=bool(pending), sentence=sentence)


def _back_off(policy: DriftPolicy, retrains: Sequence[tuple[int, PastWindow]], fired: DriftRule) -> DriftRule:
    """Return the back-off, which begins with the second refusal if the metric dropped.

    The window in which a drop shows is the test window of the retrain that it requests, so that model has not
    learnt from what has changed. The next one has.
    """
    ago, last = retrains[0] if retrains else (0, None)
    if last is None or last.outcome in {"promoted", "pending"}:
        return DriftRule.untested(
            "back_off", None, policy.back_off, fired=False, sentence="the last retrain did not fail."
        )
    lately = sum(past.outcome != "promoted" for since, past in retrains if since <= policy.back_off + 1)
    if last.outcome == "refused" and fired.name == "max_metric_drop" and lately == 1:
        sentence = (
            f"the retrain for {last.window} gave no better model, but could not learn from {last.window};"
            " one more follows."
        )
        return DriftRule.untested("back_off", ago, policy.back_off, fired=False, sentence=sentence)
    result = "gave no better model" if last.outcome == "refused" else "failed"
    sentence = (
        f"the last retrain, for {last.window}, {result};"
        f" a person decides during the back-off of {policy.back_off} window(s)."
    )
    return DriftRule.untested(
        "back_off", ago, policy.back_off, fired=ago <= policy.back_off, sentence=sentence
    )


def _cooldown(policy: DriftPolicy, retrains: Sequence[tuple[int, PastWindow]]) -> DriftRule:
    if not retrains:
        return DriftRule.untested(
            "cooldown", None, policy.cooldown, fired=False, sentence="there was no retrain before."
        )
    ago, last = retrains[0]
    sentence = (
        f"the last retrain was {ago} window(s) ago, for {last.window}; the cooldown is {policy.cooldown}."
    )
    return DriftRule.untested(
        "cooldown", ago, policy.cooldown, fired=ago <= policy.cooldown, leads_to="watch", sentence=sentence
    )


def _budget(policy: DriftPolicy, retrains: Sequence[tuple[int, PastWindow]]) -> DriftRule:
    spent = sum(ago < policy.budget_windows for ago, _ in retrains)
    sentence = f"{spent} of {policy.budget} retrains in {policy.budget_windows} windows are spent."
    return DriftRule.untested("budget", spent, policy.budget, fired=spent >= policy.budget, sentence=sentence)
