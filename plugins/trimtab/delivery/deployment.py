"""Deployments: the promotions of a model, with their commits and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from trimtab.delivery.commits import commit_times
from trimtab.registry.drift_log import RecordedVerdict, read_verdicts
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.registry.tracking import connection, list_versions, read_tag, require_model

FAILURE = "investigate"  # a verdict that says that a person has to look at the live model


@dataclass(frozen=True)
class Deployment:
    """A version that became champion because it was promoted.

    Attributes:
        version: The version.
        at: When.
        commits: When the commits were made that it brought; empty if it brought none, or they are not known.
        brings_change: Whether its commit differs from that of the version before; a retrain brings new data
            only.
        failed: Why it failed; empty if it did not.
        failed_at: Since when that is known; None if it did not fail.
        restored_at: When another version became champion; None if it did not fail, or is live.
    """

    version: int
    at: datetime
    commits: tuple[datetime, ...] = ()
    brings_change: bool = True
    failed: str = ""
    failed_at: datetime | None = None
    restored_at: datetime | None = None


def read_deployments(model: str, root: Path) -> tuple[Deployment, ...]:
    """Read the deployments of a model, the oldest first; nothing is written.

    Args:
        model: The registered model.
        root: The folder of its pipeline, in its git repository.

    Raises:
        RegistryError: There is no such model, its ledger was deleted or is broken, or the server does not
            answer.
    """
    with connection() as client:
        require_model(client, model)
        ledger = Ledger.read(client, model)
        ledger.require_intact()
        verdicts = read_verdicts(client, model)
        revisions = {
            int(version.version): read_tag(version.tags, "git_revision") for version in list_versions(model)
        }
    return tuple(find_deployments(ledger.entries, verdicts, revisions, root))


def find_deployments(
    entries: Sequence[LedgerEntry],
    verdicts: Sequence[RecordedVerdict],
    revisions: Mapping[int, str],
    root: Path,
) -> Iterator[Deployment]:
    """Yield the deployments of a ledger, the oldest first.

    Args:
        entries: The entries of the ledger.
        verdicts: The drift verdicts.
        revisions: Version to its commit; a version that was pruned has none.
        root: The folder of the pipeline.
    """
    before = ""
    for entry, following in pairwise([*(each for each in entries if each.how != "kept"), None]):
        assert entry
        if entry.how != "promoted" or entry.champion is None:
            continue
        revision = revisions.get(entry.champion, "")
        brings_change = not revision or revision != before
        why, failed_at = _find_failure(entry, following, verdicts)
        yield Deployment(
            version=entry.champion,
            at=_to_time(entry.at),
            commits=commit_times(root, before, revision) if brings_change else (),
            brings_change=brings_change,
            failed=why,
            failed_at=failed_at,
            restored_at=_to_time(following.at) if why and following else None,
        )
        before = revision or before


def _find_failure(
    entry: LedgerEntry, following: LedgerEntry | None, verdicts: Sequence[RecordedVerdict]
) -> tuple[str, datetime | None]:
    """Return why a deployment failed, and since when that is known: at the latest when it was deployed."""
    begin, end = _to_time(entry.at), _to_time(following.at) if following else datetime.max.replace(tzinfo=UTC)
    seen = [
        (_to_time(verdict.at), verdict.past.window)
        for verdict in verdicts
        if verdict.past.decision == FAILURE
        and verdict.past.champion == str(entry.champion)
        and begin <= _to_time(verdict.at) <= end
    ]
    if seen:
        at, window = min(seen)
        return f"verdict '{FAILURE}' on {window}", at
    if following and following.how == "rolled back":
        return f"rolled back: {following.reason}", begin
    return "", None


def _to_time(moment: str) -> datetime:
    time = datetime.fromisoformat(moment)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
