"""The retrain budget of a repository: how often its models may be retrained, all together."""

from __future__ import annotations

from dataclasses import replace

from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.policy.verdict import DriftVerdict
from trimtab.repository_settings import DriftLimits


def hold_repository_budget(verdict: DriftVerdict, limits: DriftLimits, spent: int) -> DriftVerdict:
    """Return a verdict whose retrain a person decides on, if the budget of the repository is spent.

    Args:
        verdict: The verdict of the model's own policy.
        limits: The budget.
        spent: The retrains of all models in its days.
    """
    if verdict.decision != "retrain" or limits.retrains is None:
        return verdict
    sentence = (
        f"{spent} of {limits.retrains} retrains of the repository in {limits.retrain_days} days are spent."
    )
    rule = DriftRule.untested(
        "repository_budget", spent, limits.retrains, fired=spent >= limits.retrains, sentence=sentence
    )
    rules = (*verdict.rules, rule)
    if not rule.fired:
        return replace(verdict, rules=rules)
    reason = verdict.sentence.partition(": ")[2]
    return replace(
        verdict,
        decision=rule.leads_to,
        sentence=f"{rule.leads_to.capitalize()}: {reason} No retrain follows: {sentence}",
        rules=rules,
    )
