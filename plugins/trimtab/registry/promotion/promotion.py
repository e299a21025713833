"""Who becomes champion: what a comparison says, whom the policy asks, and the switch."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from trimtab.errors import RegistryError
from trimtab.registry.ledger import Entry, Ledger
from trimtab.registry.loading import try_out
from trimtab.registry.promotion.champion import CHALLENGER
from trimtab.registry.promotion.champion_switch import reconcile, switch
from trimtab.registry.promotion.comparison import Comparison, compare
from trimtab.registry.promotion.comparison_report import keep_report
from trimtab.registry.promotion.comparison_summary import Approval, Decision, Examination
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion_rules import Judgement, judge
from trimtab.registry.tracking import TAG_PREFIX, Version, connection, require_tags, seal_hash, upsert

MODEL_HASH = f"{TAG_PREFIX}model_sha256"


def examine(
    version: Version, policy: PromotePolicy, *, test: Path, label: str, trusted: Collection[str] = ()
) -> Examination:
    """Compare a version with the champion, and keep the report with the version's run.

    Args:
        version: The challenger.
        policy: What better means.
        test: Parquet file with the features and the label.
        label: Name of the label's column; rows without a label are left out.
        trusted: The types that models may hold, as the checkout that runs lists them.

    Raises:
        ConfigError: The policy names columns the window does not have.
        RegistryError: The challenger cannot be loaded or lacks columns, the window holds no two classes, the
            ledger is broken, or the server is away.
    """
    with connection() as client:
        ledger = reconcile(client, version.name)
        if ledger.champion == version.version:
            return _champion_already(ledger, version)
        champion = Version.read(client, version.name, ledger.champion) if ledger.champion else None
        comparison = compare(version, champion, policy, test=test, label=label, trusted=trusted)
        judgement = judge(comparison, policy, withdrawn=_is_withdrawn(client, ledger, version))
        digest = keep_report(client, comparison, judgement, policy)
        return _examined(ledger, comparison, judgement, policy, digest)


def promote(
    version: Version,
    examined: Examination,
    policy: PromotePolicy,
    *,
    by: str,
    approval: Approval | None = None,
) -> Decision | None:
    """Make an examined version champion, if the policy and whom it asks let it in.

    Args:
        version: The challenger.
        examined: What its comparison found.
        policy: Who has a say.
        by: The DAG run or the user who asks; asked again by the same, the answer is the same.
        approval: What a person said, if one was asked.

    Returns:
        What was decided; ``None`` if another version became champion since the examination, so that it has to
        be examined anew.

    Raises:
        RegistryError: The ledger is broken, or the server is away; then no alias has moved.
    """
    with connection() as client:
        require_tags(version)
        ledger = reconcile(client, version.name)
        if ledger.last and ledger.champion == version.version:
            return _decided_already(ledger.last, version, by)
        if ledger.head != examined.head:
            return None
        allowed, sentence = _permission(version, examined, policy, approval)
        upsert(
            client.set_model_version_tag,
            version.name,
            str(version.version),
            f"{TAG_PREFIX}decision",
            sentence,
        )
        if not allowed:
            upsert(client.set_registered_model_alias, version.name, CHALLENGER, str(version.version))
            return Decision(False, sentence)
        person = approval.by if approval else ""
        switched = switch(
            client,
            ledger,
            champion=version.version,
            how="promoted",
            by=f"{person} in {by}" if person else by,
            reason=sentence[:1000],
            seal=seal_hash(version),
            data_until=version.tags.get(f"{TAG_PREFIX}data_until", ""),
            person=bool(person),
            comparison={
                name: value
                for name, value in examined.plain().items()
                if name not in ("sentence", "head", "verdict")
            },
        )
        return Decision(True, sentence) if switched else None


def let_in(version: Version, *, by: str, reason: str, trusted: Collection[str] = ()) -> Entry | None:
    """Make a version champion because a person says so, after it has been seen to load and to answer.

    Args:
        version: The version.
        by: The person.
        reason: Why.
        trusted: The types its model may hold, as the checkout that runs lists them.

    Returns:
        The ledger's entry; ``None`` if another switch came first, and nothing has changed by this one.

    Raises:
        RegistryError: It is champion already, does not load or answer, or the server is away.
    """
    with connection() as client:
        ledger = reconcile(client, version.name)
        if ledger.champion == version.version:
            raise RegistryError(f"{version} is the champion already", fix="`trimtab models` shows since when")
        try_out(version, trusted)
        until = version.tags.get(f"{TAG_PREFIX}data_until", "")
        facts = {"how": "promoted", "by": by, "reason": reason, "data_until": until, "person": True}
        facts["seal"] = seal_hash(version)
        after = switch(client, ledger, champion=version.version, **facts)
        return after.last if after else None


def _permission(
    version: Version, examined: Examination, policy: PromotePolicy, approval: Approval | None
) -> tuple[bool, str]:
    """Say whether it may become champion, and why."""
    found = examined.sentence
    if examined.verdict == "not better":
        return False, found
    if policy.policy == "never":
        return False, f"{found}. Nothing is promoted by itself here: the policy is 'never'"
    if policy.policy == "automatic":
        return examined.verdict == "better", found
    if approval is None:
        return False, f"{found}. Nobody has been asked about it"
    if not approval.by:
        return False, f"{found}. Nobody answered within {policy.deadline_hours:g} hours: not promoted"
    said = f"{'Approved' if approval.approved else 'Rejected'} by {approval.by}"
    return approval.approved, f"{said}{f': {approval.comment}' if approval.comment else ''}. {found}"


def _is_withdrawn(client: Any, ledger: Ledger, version: Version) -> bool:
    """Whether it, or a version whose model has the same bytes, was rolled back from."""
    if version.version in ledger.withdrawn:
        return True
    own = version.tags.get(MODEL_HASH)
    same = client.search_model_versions(f"name = '{version.name}' and tags.`{MODEL_HASH}` = '{own}'")
    return any(int(other.version) in ledger.withdrawn for other in same)


def _examined(
    ledger: Ledger, comparison: Comparison, judgement: Judgement, policy: PromotePolicy, digest: str
) -> Examination:
    pair = comparison.pairs.get(policy.metric)
    return Examination(
        verdict=judgement.verdict,
        sentence=judgement.sentence,
        champion=ledger.champion,
        head=ledger.head,
        challenger_figures=comparison.challenger_figures,
        champion_figures=comparison.champion_figures,
        gain={"gain": pair.gain, "low": pair.low, "high": pair.high} if pair else {},
        run_id=comparison.challenger.run_id,
        report_sha256=digest,
    )


def _champion_already(ledger: Ledger, version: Version) -> Examination:
    return Examination("champion", f"{version} is the champion already", ledger.champion, ledger.head)


def _decided_already(entry: Entry, version: Version, by: str) -> Decision:
    if entry.by == by or entry.by.endswith(f" in {by}"):
        return Decision(True, entry.reason)
    return Decision(False, f"{version} is the champion already")
