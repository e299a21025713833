"""What objectives are measured from: ledger, drift log and scores, as MLflow keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from trimtab.registry.drift_log import RecordedVerdict, read_verdicts
from trimtab.registry.ledger import Ledger
from trimtab.registry.scoring import read_scored_windows
from trimtab.registry.tracking import MlflowClient, list_versions, read_tag
from trimtab.slo_policy import SloPolicy


@dataclass(frozen=True)
class Evidence:
    """What is kept about a model.

    Attributes:
        ledger: The history of its champions.
        verdicts: The newest verdict on each window, the oldest window first.
        scored: Window to the time at which the champion's scores of it were there first.
        unfair: The versions whose gates had a fairness check that failed.
    """

    ledger: Ledger
    verdicts: tuple[RecordedVerdict, ...] = ()
    scored: Mapping[str, str] = field(default_factory=dict)
    unfair: frozenset[int] = frozenset()

    @property
    def decided_at(self) -> datetime | None:
        """When a person last decided that the champion stays; None if nobody did."""
        kept = [entry.at for entry in self.ledger.entries if entry.how == "kept"]
        return to_time(kept[-1]) if kept else None


def read_evidence(client: MlflowClient, model: str, policy: SloPolicy) -> Evidence:
    """Read what the objectives of a policy need; nothing is written.

    Args:
        client: MLflow's client.
        model: The registered model.
        policy: The objectives.

    Raises:
        RegistryError: The ledger was deleted or is broken, or the server does not answer.
    """
    ledger = Ledger.read(client, model)
    ledger.require_intact()
    return Evidence(
        ledger=ledger,
        verdicts=tuple(read_verdicts(client, model)),
        scored=read_scored_windows(client, model) if policy.scores else {},
        unfair=_read_unfair(model) if policy.fairness else frozenset(),
    )


def to_time(moment: str) -> datetime:
    """Return a time of the ledger or of the drift log; without a time zone it is UTC."""
    time = datetime.fromisoformat(moment)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _read_unfair(model: str) -> frozenset[int]:
    versions = list_versions(model)
    return frozenset(int(each.version) for each in versions if read_tag(each.tags, "fairness") == "failed")
