"""What Airflow's tasks hand on between comparison, approval and promotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from trimtab.json_value import JsonValue

LATER = ("gains", "losses", "worse", "costs")  # fields that earlier releases did not have


@dataclass(frozen=True)
class ComparisonSummary:
    """The result of a comparison, small enough for an XCom.

    Attributes:
        verdict: ``better``, ``not better``, ``a person decides``, or ``champion`` if the version already is.
        sentence: The verdict and its reason.
        champion: The version it was compared with; ``None`` if there was no champion.
        head: Hash of the ledger's last entry at the time of the comparison; empty if there was none.
        challenger_figures: The challenger's metrics on the window.
        champion_figures: The champion's metrics; empty if there was no champion, or it cannot be compared.
        gain: The gain in the policy's metric, and its bounds.
        gains: The same of every metric, by its name; nothing without a champion that can be compared.
        losses: The metrics of which the lower figure is better.
        worse: The slices and classes in which the challenger is worse, the 20 worst ones: ``name``, ``rows``,
            ``gain``, ``low`` and ``high``.
        costs: What challenger and champion cost, as far as it is known: ``train_seconds``,
            ``score_milliseconds`` for 1,000 rows, ``megabytes``.
        run_id: The MLflow run that has the report.
        report_sha256: SHA-256 of ``comparison/comparison.json`` there.
    """

    verdict: str
    sentence: str
    champion: int | None
    head: str
    challenger_figures: Mapping[str, float] = field(default_factory=dict)
    champion_figures: Mapping[str, float] = field(default_factory=dict)
    gain: Mapping[str, float] = field(default_factory=dict)
    gains: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    losses: Sequence[str] = ()
    worse: Sequence[Mapping[str, JsonValue]] = ()
    costs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    run_id: str = ""
    report_sha256: str = ""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the summary that :meth:`to_dict` serialized."""
        known = {**values, "losses": tuple(values.get("losses", ())), "worse": tuple(values.get("worse", ()))}
        return cls(**known)

    def to_dict(self) -> dict[str, JsonValue]:
        """Return JSON values, without what is empty and earlier releases did not have."""
        values = {**asdict(self), "losses": list(self.losses), "worse": list(map(dict, self.worse))}
        return {name: value for name, value in values.items() if value or name not in LATER}


@dataclass(frozen=True)
class Approval:
    """The answer of a person who was asked to approve a promotion.

    Attributes:
        approved: Whether to promote.
        by: The person; empty if nobody answered before the deadline.
        comment: The person's comment.
        triggered_by: The person who triggered the run; empty for a scheduled one.
    """

    approved: bool
    by: str = ""
    comment: str = ""
    triggered_by: str = ""


@dataclass(frozen=True)
class PromotionDecision:
    """Whether a challenger was promoted.

    Attributes:
        promoted: Whether it became champion by this decision; ``False`` if it was champion before.
        sentence: The decision and its reason.
    """

    promoted: bool
    sentence: str
