"""The error budget of an objective, and its burn rates, from its indicator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from trimtab.burn_rate import (
    BURN_ALERTS,
    SHORT,
    BurnAlert,
    budget_consumed,
    burn_rate,
    time_to_exhaustion,
)
from trimtab.slo.indicator import TimeIndicator, WindowIndicator
from trimtab.slo.objective_state import BurnState, Fault, ObjectiveState, Unit
from trimtab.slo_policy import FreshnessObjective, Objective, WindowObjective

SHOWN = 5  # faults, the newest ones
EXACT = 1e-9  # relative error of sums of floats


def measure_time(name: str, objective: FreshnessObjective, indicator: TimeIndicator) -> ObjectiveState:
    """Return how an objective about time is.

    Args:
        name: Its key.
        objective: The objective.
        indicator: What was bad.
    """
    period = timedelta(days=objective.period_days)
    observed = indicator.now - indicator.since if indicator.since else timedelta()

    def rate(length: timedelta) -> float:
        return burn_rate(indicator.bad_seconds(length) / length.total_seconds(), objective.allowed)

    burns = []
    for alert in BURN_ALERTS.values():
        long, short = period * alert.share, period * alert.share / SHORT
        burns.append(_burn(alert, objective, _name(long), _name(short), rate(long), rate(short)))
    return _state(
        name,
        objective,
        "days",
        objective.period_days,
        min(observed, period).total_seconds() / 86400,
        indicator.bad_seconds(period) / 86400,
        burns,
        indicator.faults(period),
    )


def measure_windows(name: str, objective: WindowObjective, indicator: WindowIndicator) -> ObjectiveState:
    """Return how an objective about windows of data is.

    The budget is that of a full period from the first window on, so that the first bad one does not spend it.

    Args:
        name: Its key.
        objective: The objective.
        indicator: Which windows were bad.
    """
    period = objective.period_windows

    def rate(number: int) -> float:
        return burn_rate(indicator.bad_windows(number) / number, objective.allowed)

    burns = []
    for alert in BURN_ALERTS.values():
        long, short = alert.count_windows(period)
        burns.append(_burn(alert, objective, _count(long), _count(short), rate(long), rate(short)))
    return _state(
        name,
        objective,
        "windows",
        period,
        min(len(indicator.results), period),
        indicator.bad_windows(period),
        burns,
        indicator.faults(period),
    )


def _state(
    name: str,
    objective: Objective,
    unit: Unit,
    period: float,
    observed: float,
    bad: float,
    burns: Sequence[BurnState],
    faults: Sequence[tuple[datetime, str]],
) -> ObjectiveState:
    consumed = budget_consumed(bad, period, objective.allowed)
    spent = consumed >= 1 - EXACT
    lasts = time_to_exhaustion(period, burns[-1].long_rate, 1 - consumed)
    # A window may become bad later than the next one, when its labels arrive.
    ordered = sorted(faults)
    return ObjectiveState(
        name=name,
        title=objective.title,
        objective=objective.objective,
        unit=unit,
        period=period,
        observed=observed,
        bad=bad,
        budget=period * objective.allowed,
        consumed=consumed,
        remaining=0.0 if spent and consumed <= 1 + EXACT else 1 - consumed,
        spent=spent,
        lasts=None if spent or math.isinf(lasts) else lasts,
        burns=tuple(burns),
        faults=tuple(Fault(at=at.isoformat(timespec="seconds"), why=why) for at, why in ordered[-SHOWN:]),
    )


def _burn(
    alert: BurnAlert, objective: Objective, long: str, short: str, long_rate: float, short_rate: float
) -> BurnState:
    return BurnState(
        name=alert.name,
        urgency=alert.urgency,
        threshold=alert.rate,
        long=long,
        short=short,
        long_rate=long_rate,
        short_rate=short_rate,
        fires=min(long_rate, short_rate) > alert.rate,
        can_fire=alert.can_fire(objective.allowed),
    )


def _name(length: timedelta) -> str:
    """Return a length of time in the largest unit of which there is at least one."""
    seconds = length.total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def _count(number: int) -> str:
    return f"{number} window{'s' if number > 1 else ''}"
