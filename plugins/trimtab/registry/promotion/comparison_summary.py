"""What travels between comparing, asking and promoting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Examination:
    """What a comparison found, small enough to travel.

    Attributes:
        verdict: ``better``, ``not better``, ``a person decides``, or ``champion`` if it is that already.
        sentence: The verdict and why.
        champion: The version it was compared with; ``None`` if none was champion.
        head: Hash of the ledger's last entry at that time; empty if there was none.
        challenger_figures: Its metrics on the window.
        champion_figures: The champion's; empty if there was none, or it cannot be compared.
        gain: Of the policy's metric: the gain and its bounds.
        run_id: The MLflow run that holds the report.
        report_sha256: Of ``comparison/comparison.json`` there.
    """

    verdict: str
    sentence: str
    champion: int | None
    head: str
    challenger_figures: Mapping[str, float] = field(default_factory=dict)
    champion_figures: Mapping[str, float] = field(default_factory=dict)
    gain: Mapping[str, float] = field(default_factory=dict)
    run_id: str = ""
    report_sha256: str = ""

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """Read what :meth:`plain` wrote."""
        return cls(**plain)

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True)
class Approval:
    """What a person said.

    Attributes:
        approved: Whether to promote.
        by: Who; empty if nobody answered in time.
        comment: What they wrote.
    """

    approved: bool
    by: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Decision:
    """What came of it.

    Attributes:
        promoted: Whether the challenger has become champion by it; not if it was champion already.
        sentence: What was decided and why.
    """

    promoted: bool
    sentence: str
