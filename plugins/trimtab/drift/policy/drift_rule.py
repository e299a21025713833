"""The result of one drift rule: a value, a bound, and whether the rule fired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

Decision = Literal["none", "watch", "retrain", "investigate"]

BUILT_IN_RULES = frozenset(
    {
        "min_rows",
        "labels_differ",
        "max_metric_drop",
        "max_estimated_metric_drop",
        "expected_gain",
        "max_age",
        "max_calibration_gap",
        "max_slice_metric_drop",
        "max_score_psi",
        "features",
        "max_domain_auc",
        "pending",
        "back_off",
        "cooldown",
        "budget",
        "repository_budget",
    }
)


@dataclass(frozen=True, slots=True)
class DriftRule:
    """One rule, applied to one window.

    Attributes:
        name: The key in ``params.yaml: drift``, if the rule has one.
        value: The measured value; None if unknown.
        bound: The bound of the value.
        p_value: P-value of the value by chance; None without a test.
        exceeded: Whether this window exceeds the bound significantly.
        fired: Whether enough windows exceed the bound.
        leads_to: The decision if the rule fired.
        sentence: The result in words.
    """

    name: str
    value: float | None
    bound: float
    p_value: float | None
    exceeded: bool
    fired: bool
    leads_to: Decision
    sentence: str

    @classmethod
    def tested(
        cls,
        name: str,
        value: float,
        bound: float,
        *,
        p_value: float,
        exceeded: bool,
        leads_to: Decision,
        sentence: str,
    ) -> Self:
        """Return a rule with a significance test; it has not fired yet."""
        return cls(name, value, bound, p_value, exceeded, False, leads_to, sentence)

    @classmethod
    def untested(
        cls,
        name: str,
        value: float | None,
        bound: float,
        *,
        fired: bool,
        sentence: str,
        leads_to: Decision = "investigate",
    ) -> Self:
        """Return a rule without a significance test; one window is enough for it to fire."""
        return cls(name, value, bound, None, fired, fired, leads_to, sentence)

    @classmethod
    def unknown(cls, name: str, bound: float, *, leads_to: Decision, sentence: str) -> Self:
        """Return a rule whose value is unknown; it does not fire."""
        return cls(name, None, bound, None, False, False, leads_to, sentence)
