"""How an objective is: its error budget, its burn rates, and what was bad."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from trimtab.burn_rate import Burn, Urgency

Unit = Literal["days", "windows"]


class SloState(BaseModel):
    """A part of how the objectives are."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BurnState(SloState):
    """A burn-rate alert.

    Attributes:
        name: ``fast``, ``medium`` or ``slow``.
        urgency: ``page`` or ``ticket``.
        threshold: The burn rate beyond which it fires.
        long: The long window, for people.
        short: The short window.
        long_rate: The burn rate in the long window.
        short_rate: That in the short one.
        fires: Whether both are beyond the threshold.
        can_fire: Whether they could be: with a low objective, not even a period that is all bad is.
    """

    name: Burn
    urgency: Urgency
    threshold: float
    long: str
    short: str
    long_rate: float
    short_rate: float
    fires: bool
    can_fire: bool


class Fault(SloState):
    """Something that was bad.

    Attributes:
        at: When it began, or since when it is known: ISO 8601, UTC.
        why: What was bad.
    """

    at: str
    why: str


class ObjectiveState(SloState):
    """How an objective is.

    Attributes:
        name: Its key in ``params.yaml: slo``.
        title: What it is about.
        objective: Share of the period that has to be good.
        unit: In what the period is measured: ``days`` or ``windows`` of data.
        period: The rolling period, in that unit.
        observed: How much of it was observed; 0 if nothing was.
        bad: How much of it was bad.
        budget: How much of it may be bad.
        consumed: Share of the budget that is spent; above 1 if it was not enough.
        remaining: Share that is left; below 0 likewise.
        spent: Whether none is left.
        lasts: How long the rest lasts at the slow burn rate, in the unit; None if nothing burns or it is
            spent.
        burns: The burn-rate alerts, the fast one first.
        faults: The newest faults of the period, the oldest of them first.
    """

    name: str
    title: str
    objective: float
    unit: Unit
    period: float
    observed: float
    bad: float
    budget: float
    consumed: float
    remaining: float
    spent: bool
    lasts: float | None
    burns: tuple[BurnState, ...]
    faults: tuple[Fault, ...]

    @property
    def firing(self) -> tuple[BurnState, ...]:
        """The alerts that fire, the most urgent one first."""
        return tuple(burn for burn in self.burns if burn.fires)

    @property
    def newest_fault(self) -> datetime | None:
        """When the newest fault began; None if there is none."""
        return datetime.fromisoformat(self.faults[-1].at) if self.faults else None

    @property
    def sentence(self) -> str:
        """How the objective is, in a sentence."""
        if not self.observed:
            return f"The {self.title} was not measured yet."
        if self.spent:
            left = "The error budget is spent"
        else:
            left = f"{self.remaining:.0%} of the error budget is left"
        return (
            f"{left}: {self.bad:.3g} of {self.period:g} {self.unit} were bad, and {self.budget:.3g} may be."
        )
