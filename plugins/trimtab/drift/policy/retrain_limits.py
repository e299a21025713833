"""What holds a retrain back: one lately, too many, one that has not ended, or one that did not help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trimtab.drift.policy.performance_rules import Rule
from trimtab.drift.policy.window_history import PastWindow

if TYPE_CHECKING:
    from trimtab.drift.policy.verdict import DriftPolicy


def restraints(
    policy: DriftPolicy, history: Sequence[PastWindow], own: Sequence[PastWindow]
) -> tuple[Rule, ...]:
    """Return the rules that hold a retrain back; the first that fired says what follows instead.

    Args:
        policy: The bounds.
        history: The windows before, the oldest first.
        own: Those of them judged with the model that is live: what was asked for before it is settled by it.
    """
    asked = [
        (ago, past) for ago, past in enumerate(reversed(history), start=1) if past.outcome is not None
    ]  # the newest first
    return (
        _pending(own),
        _back_off(policy, asked),
        _cooldown(policy, asked),
        _budget(policy, asked),
    )


def _pending(own: Sequence[PastWindow]) -> Rule:
    waiting = [past.window for past in own if past.outcome == "pending"]
    sentence = (
        f"the one asked for in {waiting[-1]} has brought no result; is its DAG paused, or has it failed?"
        if waiting
        else "none is under way."
    )
    return Rule.held("pending", len(waiting), 0, fired=bool(waiting), to="investigate", sentence=sentence)


def _back_off(policy: DriftPolicy, asked: Sequence[tuple[int, PastWindow]]) -> Rule:
    ago, last = asked[0] if asked else (0, None)
    if last is None or last.outcome in {"promoted", "pending"}:
        return Rule.held(
            "back_off", None, policy.back_off, fired=False, sentence="the last retrain was no failure."
        )
    what = "gave no better model" if last.outcome == "refused" else "failed"
    sentence = f"the last one, for {last.window}, {what}; a person should look for {policy.back_off} windows."
    return Rule.held(
        "back_off", ago, policy.back_off, fired=ago <= policy.back_off, to="investigate", sentence=sentence
    )


def _cooldown(policy: DriftPolicy, asked: Sequence[tuple[int, PastWindow]]) -> Rule:
    if not asked:
        return Rule.held("cooldown", None, policy.cooldown, fired=False, sentence="there was none before.")
    ago, last = asked[0]
    sentence = f"the last one was {ago} window(s) ago, for {last.window}; the cooldown is {policy.cooldown}."
    return Rule.held(
        "cooldown", ago, policy.cooldown, fired=ago <= policy.cooldown, to="watch", sentence=sentence
    )


def _budget(policy: DriftPolicy, asked: Sequence[tuple[int, PastWindow]]) -> Rule:
    spent = sum(ago < policy.budget_windows for ago, _ in asked)
    sentence = f"{spent} of {policy.budget} retrains in {policy.budget_windows} windows are spent."
    return Rule.held(
        "budget", spent, policy.budget, fired=spent >= policy.budget, to="investigate", sentence=sentence
    )
