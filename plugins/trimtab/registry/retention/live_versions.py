"""The live versions of a model: an alias points to them, or they were champion within the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from trimtab.registry.ledger import Ledger
from trimtab.registry.promotion import CHAMPION, read_aliases
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.tracking import MlflowClient


@dataclass(frozen=True)
class LiveVersions:
    """The live versions of a model.

    Attributes:
        ledger: The history of its champions.
        reasons: Version to the reason why it is live, for people.
    """

    ledger: Ledger
    reasons: Mapping[int, str]


def find_live_versions(client: MlflowClient, model: str, policy: RetentionPolicy) -> LiveVersions:
    """Return the live versions of a model, including those that MLflow has lost.

    Raises:
        RegistryError: The ledger was deleted.
    """
    ledger = Ledger.read(client, model)
    since = (datetime.now(UTC) - timedelta(days=policy.champion_days)).isoformat(timespec="seconds")
    reasons: dict[int, list[str]] = {}
    for alias, number in sorted(read_aliases(client, model).items()):
        reasons.setdefault(int(number), []).append(alias)
    for entry, following in pairwise([*ledger.entries, None]):
        assert entry
        if entry.champion is not None and (following is None or following.at >= since):
            reason = f"{CHAMPION} until {following.at[:10]}" if following else CHAMPION
            reasons.setdefault(entry.champion, []).append(reason)
    return LiveVersions(
        ledger, {number: ", ".join(dict.fromkeys(found)) for number, found in sorted(reasons.items())}
    )
