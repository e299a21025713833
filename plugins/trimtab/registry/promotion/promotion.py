"""Promote a version that was compared with the champion: apply the policy, switch the champion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trimtab.escaping import markdown
from trimtab.registry.isolation import find_taint
from trimtab.registry.ledger import LedgerEntry
from trimtab.registry.loading import NO_PROJECT, ModelTrust, require_signed
from trimtab.registry.promotion.aliases import CHALLENGER
from trimtab.registry.promotion.candidate_comparison import ComparedCandidate
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.promotion.comparison_summary import Approval, ComparisonSummary, PromotionDecision
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.publishing import format_gain, set_headline
from trimtab.registry.tracking import (
    DECISION_TAG,
    MlflowClient,
    Version,
    connection,
    hash_seal,
    require_tags,
    upsert,
)
from trimtab.telemetry import instruments, record

LONGEST_REASON = 1000  # characters of a verdict that become the reason in the ledger
NOT_IN_LEDGER = ("sentence", "head", "verdict")  # of a comparison: the entry has them already


def promote(
    version: Version,
    compared: ComparisonSummary,
    policy: PromotePolicy,
    *,
    by: str,
    approval: Approval | None = None,
    trusted: ModelTrust = NO_PROJECT,
    root: Path | None = None,
    frozen: str = "",
) -> PromotionDecision | None:
    """Make a compared version champion, if the policy and the person it asks allow that.

    Args:
        version: The challenger.
        compared: The result of its comparison.
        policy: The policy.
        by: The DAG run or the user. A second call by the same one returns the same decision.
        approval: The answer of a person, if one was asked.
        trusted: What the checkout that runs trusts: keys, one of which must have signed the version.
        root: The project of the model: its cache or remote says which files its folders had. It is read
            only while data is isolated.
        frozen: Why no version is promoted automatically, so that only a person's approval promotes; empty if
            promotions go on.

    Returns:
        The decision; ``None`` if another version became champion after the comparison, so that the version
        has to be compared again.

    Raises:
        RegistryError: The ledger is broken, the server does not answer, it is not known whether the version
            comes from isolated data, or a signature is required and no trusted key has signed the version;
            then no alias has changed.
    """
    with connection() as client:
        require_tags(version)
        require_signed(version, trusted)
        ledger = reconcile(client, version.name)
        if ledger.last_switch and ledger.champion == version.version:
            return _repeat_decision(ledger.last_switch, version, by)
        if ledger.head != compared.head:
            return None
        allowed, sentence = _decide(version, compared, policy, approval, frozen)
        taint = find_taint(client, version, root)
        if taint:
            allowed, sentence = False, f"{compared.sentence}. Not promoted: {taint.sentence}"
        upsert(client.set_model_version_tag, version.name, str(version.version), DECISION_TAG, sentence)
        if not allowed:
            if not taint:  # a tainted version scores nothing, not even as a shadow
                upsert(client.set_registered_model_alias, version.name, CHALLENGER, str(version.version))
            _describe_refusal(client, version, compared, sentence)
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
        if switched is None:
            return None
        for metric, value in compared.challenger_figures.items():
            of_metric = {instruments.MODEL: version.name, instruments.METRIC: metric}
            record(instruments.CHAMPION_METRIC, value, of_metric)
        return PromotionDecision(True, sentence)


def promote_best(
    ranked: Sequence[ComparedCandidate],
    policy: PromotePolicy,
    *,
    by: str,
    approval: Approval | None = None,
    trusted: ModelTrust = NO_PROJECT,
    root: Path | None = None,
    frozen: str = "",
) -> PromotionDecision | None:
    """Make the first of the compared candidates champion, if policy and person allow that.

    The others get a decision too: why they are not promoted.

    Args:
        ranked: The candidates, as :func:`compare_candidates` returns them.
        policy: The policy.
        by: The DAG run or the user. A second call by the same one returns the same decision.
        approval: The answer of a person, if one was asked.
        trusted: As for :func:`promote`.
        root: The project of the model: its cache or remote says which files its folders had. It is read
            only while data is isolated.
        frozen: As for :func:`promote`.

    Returns:
        The decision on the first one; ``None`` if another version became champion after the comparison, so
        that the candidates have to be compared again.

    Raises:
        RegistryError: As for :func:`promote`.
    """
    best, *others = ranked
    decision = promote(
        best.version,
        best.summary,
        policy,
        by=by,
        approval=approval,
        frozen=frozen,
        trusted=trusted,
        root=root,
    )
    summaries = {each.version.version: each.summary for each in others}
    if decision is None:
        return None
    with connection() as client:
        for version, sentence in ((each.version, _passed_over(each, best)) for each in others):
            if sentence:
                upsert(
                    client.set_model_version_tag, version.name, str(version.version), DECISION_TAG, sentence
                )
                _describe_refusal(client, version, summaries[version.version], sentence)
    return decision


def _describe_refusal(
    client: MlflowClient, version: Version, compared: ComparisonSummary, sentence: str
) -> None:
    """Write to the top of a version's description that it was not promoted, and why."""
    headline = f"**Not promoted**: {markdown(sentence)}"
    gain = format_gain({"champion": compared.champion, "gain": compared.gain})
    set_headline(client, version.name, version.version, "\n\n".join(filter(None, [headline, gain])))


def _decide(
    version: Version,
    compared: ComparisonSummary,
    policy: PromotePolicy,
    approval: Approval | None,
    frozen: str,
) -> tuple[bool, str]:
    """Return whether the version is promoted, and why."""
    verdict = compared.sentence
    if compared.verdict == "not better":
        return False, verdict
    if policy.policy == "never":
        return False, f"{verdict}. Not promoted: the policy is 'never'"
    if policy.policy == "automatic" and not frozen:
        return compared.verdict == "better", verdict
    if approval is None and frozen:
        return False, f"{verdict}. Not promoted: {frozen}"
    if approval is None:
        return False, f"{verdict}. Not promoted: nobody was asked to approve"
    if not approval.by:
        return False, f"{verdict}. Not promoted: nobody answered within {policy.deadline_hours:g} hours"
    if policy.second_person and approval.approved and approval.by == approval.triggered_by:
        return False, (
            f"{verdict}. Not promoted: {approval.by} triggered the run, and promote.second_person asks for "
            "another person's approval; clear the task that asks, and let another person answer"
        )
    answer = f"{'Approved' if approval.approved else 'Rejected'} by {approval.by}"
    return approval.approved, f"{answer}{f': {approval.comment}' if approval.comment else ''}. {verdict}"


def _passed_over(candidate: ComparedCandidate, best: ComparedCandidate) -> str:
    """Return why a candidate is not promoted; empty for the champion, which keeps its decision."""
    verdict, sentence = candidate.summary.verdict, candidate.summary.sentence
    if verdict == "champion":
        return ""
    return (
        sentence if verdict == "not better" else f"{sentence}. Not promoted: {best.version} goes on instead"
    )


def _repeat_decision(entry: LedgerEntry, version: Version, by: str) -> PromotionDecision:
    """Return the decision on the champion: the caller's own, if the caller promoted it."""
    if entry.by == by or entry.by.endswith(f" in {by}"):
        return PromotionDecision(True, entry.reason)
    return PromotionDecision(False, f"{version} is the champion already")
