"""Which versions of a model are live: an alias points at them, or they were champion within the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from trimtab.registry.ledger import Ledger
from trimtab.registry.promotion import CHAMPION, aliases
from trimtab.registry.retention.retention_policy import RetentionPolicy


@dataclass(frozen=True)
class Live:
    """The live versions of a model.

    Attributes:
        ledger: Who was champion.
        reasons: Version to why it is live, for a person.
    """

    ledger: Ledger
    reasons: Mapping[int, str]


def live_versions(client: Any, model: str, policy: RetentionPolicy) -> Live:
    """Return the live versions of a model, whether or not MLflow still has them.

    Raises:
        RegistryError: The ledger was deleted.
    """
    ledger = Ledger.read(client, model)
    since = (datetime.now(UTC) - timedelta(days=policy.champion_days)).isoformat(timespec="seconds")
    reasons: dict[int, list[str]] = {}
    for alias, number in sorted(aliases(client, model).items()):
        reasons.setdefault(int(number), []).append(alias)
    for entry, following in pairwise([*ledger.entries, None]):
        assert entry
        if entry.champion is not None and (following is None or following.at >= since):
            why = f"{CHAMPION} until {following.at[:10]}" if following else CHAMPION
            reasons.setdefault(entry.champion, []).append(why)
    return Live(ledger, {number: ", ".join(dict.fromkeys(why)) for number, why in sorted(reasons.items())})
