"""Promote a version: compare it with the champion, apply the policy, switch the champion."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from trimtab.learning import BINARY, INDEPENDENT, Dependence, Metric, ProblemType
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.registry.promotion.aliases import CHALLENGER
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.promotion.comparison import Comparison, compare
from trimtab.registry.promotion.comparison_report import log_comparison_report
from trimtab.registry.promotion.comparison_summary import Approval, ComparisonSummary, PromotionDecision
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion_rules import PromotionVerdict, apply_rules
from trimtab.registry.tracking import (
    DECISION_TAG,
    TAG_PREFIX,
    MlflowClient,
    Version,
    connection,
    hash_seal,
    require_tags,
    upsert,
)

LONGEST_REASON = 1000  # characters of a verdict that become the reason in the ledger
NOT_IN_LEDGER = ("sentence", "head", "verdict")  # of a comparison: the entry has them already


def compare_with_champion(
    version: Version,
    policy: PromotePolicy,
    *,
    test: Path,
    label: str,
    metric: Metric,
    trusted: Collection[str] = (),
    problem: ProblemType = BINARY,
    dependence: Dependence = INDEPENDENT,
) -> ComparisonSummary:
    """Compare a version with the champion, and log the report to the version's run.

    Args:
        version: The challenger.
        policy: The policy.
        test: Parquet file with the features and the label.
        label: Name of the label column; rows without a label do not count.
        metric: The metric of the policy, as the checkout that runs defines it.
        trusted: The types that models may hold, as the checkout that runs lists them.
        problem: The problem type that the checkout that runs declares.
        dependence: The columns of the window by which rows depend on each other.

    Raises:
        ConfigError: The policy names columns that the window does not have, or a metric that the problem type
            does not have or that is undefined.
        ModelError: The challenger holds types that are not trusted.
        RegistryError: The challenger cannot be loaded, has another problem type or lacks columns; nothing can
            be measured with the window; the ledger is broken, or the server does not answer.
    """
    policy = policy.resolve(problem)
    with connection() as client:
        ledger = reconcile(client, version.name)
        if ledger.champion == version.version:
            sentence = f"{version} is the champion already"
            return ComparisonSummary("champion", sentence, ledger.champion, ledger.head)
        champion = Version.read(client, version.name, ledger.champion) if ledger.champion else None
        comparison = compare(
            version,
            champion,
            policy,
            test=test,
            label=label,
            metric=metric,
            trusted=trusted,
            problem=problem,
            dependence=dependence,
        )
        verdict = apply_rules(comparison, policy, retired=_is_retired(client, ledger, version))
        report_hash = log_comparison_report(client, comparison, verdict, policy)
        return _summarize(ledger, comparison, verdict, policy, report_hash)


def promote(
    version: Version,
    compared: ComparisonSummary,
    policy: PromotePolicy,
    *,
    by: str,
    approval: Approval | None = None,
) -> PromotionDecision | None:
    """Make a compared version champion, if the policy and the person it asks allow that.

    Args:
        version: The challenger.
        compared: The result of its comparison.
        policy: The policy.
        by: The DAG run or the user. A second call by the same one returns the same decision.
        approval: The answer of a person, if one was asked.

    Returns:
        The decision; ``None`` if another version became champion after the comparison, so that the version
        has to be compared again.

    Raises:
        RegistryError: The ledger is broken, or the server does not answer; then no alias has changed.
    """
    with connection() as client:
        require_tags(version)
        ledger = reconcile(client, version.name)
        if ledger.last and ledger.champion == version.version:
            return _repeat_decision(ledger.last, version, by)
        if ledger.head != compared.head:
            return None
        allowed, sentence = _decide(version, compared, policy, approval)
        upsert(client.set_model_version_tag, version.name, str(version.version), DECISION_TAG, sentence)
        if not allowed:
            upsert(client.set_registered_model_alias, version.name, CHALLENGER, str(version.version))
            return PromotionDecision(False, sentence)
        person = approval.by if approval else ""
        comparison = {name: value for name, value in compared.to_dict().items() if name not in NOT_IN_LEDGER}
        switched = switch_champion(
            client,
            ledger,
            champion=version.version,
            how="promoted",
            by=f"{person} in {by}" if person else by,
            reason=sentence[:LONGEST_REASON],
            seal=hash_seal(version),
            data_until=version.tag("data_until"),
            person=bool(person),
            comparison=comparison,
        )
        return PromotionDecision(True, sentence) if switched else None


def _decide(
    version: Version, compared: ComparisonSummary, policy: PromotePolicy, approval: Approval | None
) -> tuple[bool, str]:
    """Return whether the version is promoted, and why."""
    verdict = compared.sentence
    if compared.verdict == "not better":
        return False, verdict
    if policy.policy == "never":
        return False, f"{verdict}. Not promoted: the policy is 'never'"
    if policy.policy == "automatic":
        return compared.verdict == "better", verdict
    if approval is None:
        return False, f"{verdict}. Not promoted: nobody was asked to approve"
    if not approval.by:
        return False, f"{verdict}. Not promoted: nobody answered within {policy.deadline_hours:g} hours"
    answer = f"{'Approved' if approval.approved else 'Rejected'} by {approval.by}"
    return approval.approved, f"{answer}{f': {approval.comment}' if approval.comment else ''}. {verdict}"


def _is_retired(client: MlflowClient, ledger: Ledger, version: Version) -> bool:
    """Whether the version, or one with the same model file, was rolled back from."""
    if version.version in ledger.retired:
        return True
    tag = f"{TAG_PREFIX}model_sha256"
    same = client.search_model_versions(
        f"name = '{version.name}' and tags.`{tag}` = '{version.tags.get(tag)}'"
    )
    return any(int(other.version) in ledger.retired for other in same)


def _summarize(
    ledger: Ledger,
    comparison: Comparison,
    verdict: PromotionVerdict,
    policy: PromotePolicy,
    report_hash: str,
) -> ComparisonSummary:
    pair = comparison.pairs.get(comparison.metric.name)
    return ComparisonSummary(
        verdict=verdict.verdict,
        sentence=verdict.sentence,
        champion=ledger.champion,
        head=ledger.head,
        challenger_figures=comparison.challenger_figures,
        champion_figures=comparison.champion_figures,
        gain={"gain": pair.gain, "low": pair.low, "high": pair.high} if pair else {},
        run_id=comparison.challenger.run_id,
        report_sha256=report_hash,
    )


def _repeat_decision(entry: LedgerEntry, version: Version, by: str) -> PromotionDecision:
    """Return the decision on the champion: the caller's own, if the caller promoted it."""
    if entry.by == by or entry.by.endswith(f" in {by}"):
        return PromotionDecision(True, entry.reason)
    return PromotionDecision(False, f"{version} is the champion already")
