"""Burn rates: how fast an error budget is spent, and when that alerts.

The arithmetic is that of Google's *The Site Reliability Workbook* (2018), chapter 5, "Alerting on SLOs",
approach 6: multiwindow, multi-burn-rate alerts. A burn rate of 1 spends the budget exactly in the period.
https://sre.google/workbook/alerting-on-slos/
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Burn = Literal["fast", "medium", "slow"]
Urgency = Literal["page", "ticket"]
SHORT = 12  # the short window is a twelfth of the long one


@dataclass(frozen=True)
class BurnAlert:
    """An alert on a burn rate, over a long and a short window.

    Attributes:
        name: ``fast``, ``medium`` or ``slow``.
        urgency: ``page`` wakes somebody up, ``ticket`` waits for the morning.
        consumed: Share of the budget that is spent when it fires.
        share: The long window as a share of the period.
    """

    name: Burn
    urgency: Urgency
    consumed: float
    share: float

    @property
    def rate(self) -> float:
        """The burn rate beyond which it fires: that spends ``consumed`` within the long window."""
        return self.consumed / self.share

    def can_fire(self, allowed: float) -> bool:
        """Whether it can fire at all: if everything is bad, the burn rate is ``1 / allowed`` and no more."""
        return burn_rate(1.0, allowed) > self.rate

    def count_windows(self, period: int) -> tuple[int, int]:
        """Return the long and the short window as numbers of windows of data: at least one, rounded up.

        Args:
            period: The rolling period, in windows of data.
        """
        long = max(1, math.ceil(round(period * self.share, 9)))
        return long, max(1, math.ceil(long / SHORT))


# Of a period of 30 days: 1 h and 5 min, 6 h and 30 min, 3 d and 6 h. Another period scales them.
BURN_ALERTS: Mapping[Burn, BurnAlert] = {
    alert.name: alert
    for alert in (
        BurnAlert("fast", "page", consumed=0.02, share=1 / 720),
        BurnAlert("medium", "page", consumed=0.05, share=6 / 720),
        BurnAlert("slow", "ticket", consumed=0.10, share=72 / 720),
    )
}


def burn_rate(error_rate: float, allowed: float) -> float:
    """Return how many times faster than allowed the budget is spent.

    Args:
        error_rate: Share that is bad.
        allowed: Share that may be bad: 1 - objective.
    """
    return error_rate / allowed


def time_to_exhaustion(period: float, rate: float, remaining: float = 1.0) -> float:
    """Return how long the budget lasts at a burn rate, in the unit of the period; infinite at a rate of 0.

    Args:
        period: The rolling period.
        rate: The burn rate.
        remaining: Share of the budget that is left.
    """
    return period * max(remaining, 0.0) / rate if rate > 0 else math.inf


def budget_consumed(bad: float, period: float, allowed: float) -> float:
    """Return the share of the budget that is spent; it is more than 1 if more was bad than is allowed.

    Args:
        bad: How much was bad, in the unit of the period.
        period: The rolling period.
        allowed: Share of it that may be bad.
    """
    return bad / (period * allowed)
