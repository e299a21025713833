"""The four keys of DORA, for a model.

Definitions: https://dora.dev/guides/dora-metrics-four-keys/ (change lead time, deployment frequency, change
fail rate, failed deployment recovery time). A deployment is a promotion, and a commit that changes the
pipeline's folder is a change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from pydantic import BaseModel, ConfigDict

from trimtab.delivery.deployment import Deployment

FEW = 10  # of anything: a median or a rate of fewer says little
Z = 1.959964  # of a 95 % interval


class Duration(BaseModel):
    """Times of several deployments or changes, in hours.

    Attributes:
        count: How many are known.
        median: Their median; None if none is known.
        shortest: The shortest.
        longest: The longest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int
    median: float | None = None
    shortest: float | None = None
    longest: float | None = None


class DeliveryFigures(BaseModel):
    """The delivery figures of a model over a period.

    Attributes:
        model: The registered model.
        days: Length of the period, in days; that since the first deployment, if it is shorter.
        deployments: Promotions in the period.
        retrains: Those of them that brought new data and no commit; they have no lead time.
        unknown_commits: Those whose commit this clone does not have.
        per_30_days: Deployments in 30 days; None for less than a day.
        lead_time: Time from commit to champion.
        failed: Deployments that a rollback or a verdict `investigate` followed.
        failure_rate: Their share; None without a deployment.
        failure_interval: Its 95 % interval.
        recovery_time: Time from the failure to another champion. A rollback without a verdict does not say
            when the failure began, so that it counts from the deployment.
        open_failures: Failed deployments that are live.
        notes: What to know before a figure is read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    days: float
    deployments: int
    retrains: int
    unknown_commits: int
    per_30_days: float | None
    lead_time: Duration
    failed: int
    failure_rate: float | None
    failure_interval: tuple[float, float] | None
    recovery_time: Duration
    open_failures: int
    notes: tuple[str, ...] = ()


def measure_delivery(
    model: str, deployments: Sequence[Deployment], now: datetime, days: float
) -> DeliveryFigures:
    """Measure the delivery figures.

    Args:
        model: The registered model.
        deployments: All deployments, the oldest first.
        now: The time.
        days: Length of the period that ends now.
    """
    begin = now - timedelta(days=days)
    since = max(begin, deployments[0].at) if deployments else begin
    recent = [each for each in deployments if each.at >= begin]
    leads = [_hours(each.at - commit) for each in recent for commit in each.commits if commit <= each.at]
    failed = [each for each in recent if each.failed]
    restored = [
        _hours(each.restored_at - each.failed_at) for each in failed if each.restored_at and each.failed_at
    ]
    length = (now - since).total_seconds() / 86400
    unknown = sum(each.brings_change and not each.commits for each in recent)
    return DeliveryFigures(
        model=model,
        days=length,
        deployments=len(recent),
        retrains=sum(not each.brings_change for each in recent),
        unknown_commits=unknown,
        per_30_days=len(recent) / length * 30 if length >= 1 else None,
        lead_time=_summarize(leads),
        failed=len(failed),
        failure_rate=len(failed) / len(recent) if recent else None,
        failure_interval=wilson_interval(len(failed), len(recent)) if recent else None,
        recovery_time=_summarize(restored),
        open_failures=sum(each.restored_at is None for each in failed),
        notes=_notes(len(recent), length, unknown),
    )


def wilson_interval(hits: int, number: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. Wilson, JASA 22, 1927), which holds for small numbers too.

    Args:
        hits: How many.
        number: Of how many; at least 1.
    """
    share = hits / number
    scale = 1 + Z**2 / number
    centre = (share + Z**2 / (2 * number)) / scale
    half = Z / scale * math.sqrt(share * (1 - share) / number + Z**2 / (4 * number**2))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _hours(length: timedelta) -> float:
    return length.total_seconds() / 3600


def _summarize(hours: Sequence[float]) -> Duration:
    if not hours:
        return Duration(count=0)
    return Duration(count=len(hours), median=median(hours), shortest=min(hours), longest=max(hours))


def _notes(deployments: int, length: float, unknown: int) -> tuple[str, ...]:
    notes = []
    if deployments < FEW:
        notes.append(f"too few deployments ({deployments}) for a trend, or to compare with another team")
    if length < 1:
        notes.append("less than a day was observed: a frequency would be a guess")
    if unknown:
        notes.append(f"{unknown} have a commit that this clone does not have, and count for no lead time")
    return tuple(notes)
