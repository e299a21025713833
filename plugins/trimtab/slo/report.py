"""How all objectives of a model are, and whether its automatic promotion is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from trimtab.registry.tracking import connection
from trimtab.slo.error_budget import measure_time, measure_windows
from trimtab.slo.evidence import Evidence, read_evidence
from trimtab.slo.freshness import FRESHNESS
from trimtab.slo.indicator import WindowIndicator
from trimtab.slo.objective_state import ObjectiveState, SloState
from trimtab.slo.window_results import WINDOWS
from trimtab.slo_policy import FreshnessObjective, SloPolicy, WindowObjective

Health = Literal["ok", "watch", "act"]


class SloReport(SloState):
    """How the objectives of a model are.

    Attributes:
        model: The registered model.
        objectives: The objectives.
        decided_at: When a person last decided that the champion stays: ISO 8601, UTC; empty if nobody did.
        frozen: Why no version is promoted automatically; empty if promotions go on.
    """

    model: str
    objectives: tuple[ObjectiveState, ...]
    decided_at: str = ""
    frozen: str = ""

    @property
    def health(self) -> Health:
        """``act`` if promotions are frozen or an alert pages, ``watch`` if anything else is not all right."""
        urgent = [burn.urgency for each in self.objectives for burn in each.firing]
        if self.frozen or "page" in urgent:
            return "act"
        doubtful = any(each.spent or not each.observed for each in self.objectives)
        return "watch" if urgent or doubtful else "ok"


def read_slo(model: str, policy: SloPolicy, now: datetime) -> SloReport:
    """Measure the objectives of a model; nothing is written.

    Args:
        model: The registered model.
        policy: The objectives.
        now: The time.

    Raises:
        RegistryError: The ledger was deleted or is broken, or the server does not answer.
    """
    with connection() as client:
        return measure_slo(model, policy, read_evidence(client, model, policy), now)


def measure_slo(model: str, policy: SloPolicy, evidence: Evidence, now: datetime) -> SloReport:
    """Measure objectives from what is kept about a model.

    Args:
        model: The registered model.
        policy: The objectives.
        evidence: What is kept.
        now: The time.
    """
    states = []
    for name, objective in policy.objectives():
        if isinstance(objective, FreshnessObjective):
            states.append(measure_time(name, objective, FRESHNESS[name](objective, evidence, now)))
        elif isinstance(objective, WindowObjective):
            results = WINDOWS[name](objective, evidence, now)
            states.append(measure_windows(name, objective, WindowIndicator(tuple(results))))
    decided = evidence.decided_at
    return SloReport(
        model=model,
        objectives=tuple(states),
        decided_at=decided.isoformat(timespec="seconds") if decided else "",
        frozen=_describe_freeze(model, states, decided),
    )


def _describe_freeze(model: str, states: Sequence[ObjectiveState], decided: datetime | None) -> str:
    """Return why promotions are frozen: a budget is spent by something that no person has decided on."""
    spent = [
        state
        for state in states
        if state.spent and not (decided and state.newest_fault and state.newest_fault <= decided)
    ]
    if not spent:
        return ""
    budgets = "; ".join(
        f"{state.title}, {state.bad:.3g} {state.unit} bad of the {state.budget:.3g} that may be"
        for state in spent
    )
    return (
        f"automatic promotion of '{model}' is frozen, because an error budget is spent ({budgets}); "
        "a person may approve it, or record the decision to go on with `trimtab slo unfreeze`"
    )
