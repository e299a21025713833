"""What waits for a person: models that are not all right, incidents, approvals, failed runs."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from trimtab.control_room.live import LiveState
from trimtab.control_room.state import State
from trimtab.incidents import SEVERITY_TEXTS, Incident, find_recovery

Kind = Literal["approval", "model", "incident", "verification", "run"]
ORDER: tuple[Kind, ...] = ("model", "incident", "approval", "verification", "run")


class TodoItem(State):
    """One thing that a person has to do.

    Attributes:
        kind: What it is about.
        subject: What waits, in a few words.
        sentence: Why.
        advice: What to do.
        since: Since when: ISO 8601.
        due: Until when; empty without a deadline.
        href: The page where it is done; empty if there is none.
    """

    kind: Kind
    subject: str
    sentence: str
    advice: str = ""
    since: str = ""
    due: str = ""
    href: str = ""


def model_items(models: Sequence[LiveState]) -> tuple[TodoItem, ...]:
    """Return an item for each model about which a person has to decide, or whose promotions are frozen."""
    decide = tuple(
        TodoItem(
            kind="model",
            subject=f"{live.model}: a person has to decide",
            sentence=live.assessment.sentence,
            advice=live.assessment.advice,
            since=live.windows[-1].checked if live.windows else "",
        )
        for live in models
        if live.assessment.health == "act"
    )
    return (*decide, *_frozen_items(models))


def _frozen_items(models: Iterable[LiveState]) -> Iterator[TodoItem]:
    """Yield an item for each model whose automatic promotion waits for a person."""
    for live in models:
        if live.slo and live.slo.frozen:
            faults = [state.faults[-1].at for state in live.slo.objectives if state.spent and state.faults]
            yield TodoItem(
                kind="model",
                subject=f"{live.model}: automatic promotion is frozen",
                sentence=f"{live.slo.frozen[0].upper()}{live.slo.frozen[1:]}.",
                advice="Look at what spent the budget. Then "
                f"`trimtab slo unfreeze --model {shlex.quote(live.model)} --reason '…'`.",
                since=max(faults, default=""),
            )


def incident_items(incidents: Iterable[Incident], href: Callable[[Incident], str]) -> tuple[TodoItem, ...]:
    """Return an item for each open incident, the most severe first.

    Args:
        incidents: The open incidents.
        href: The page of the task that alerted last; empty if there is none.
    """
    return tuple(
        TodoItem(
            kind="incident",
            subject=f"{incident.severity} {incident.cause.title}",
            sentence=f"{len(incident.alerts)} alert(s): {SEVERITY_TEXTS[incident.severity]}. "
            f"Lead: {incident.roles.get('lead', 'nobody')}.",
            advice=f"`trimtab incident show {incident.id}`. "
            + (
                "What failed has passed since: resolve it."
                if find_recovery(incident)
                else "Resolve it when what failed has passed."
            ),
            since=incident.opened,
            href=href(incident),
        )
        for incident in sorted(incidents, key=lambda one: (one.severity, one.opened))
    )


def sort_items(items: Iterable[TodoItem]) -> tuple[TodoItem, ...]:
    """Return items: live models first, then incidents, then what has a deadline, the nearest first."""
    return tuple(sorted(items, key=_rank))


def _rank(item: TodoItem) -> tuple[int, str, str]:
    severe = item.subject[:4] if item.kind == "incident" else ""  # sev1 before sev2
    return ORDER.index(item.kind), severe or item.due or "9999", item.since
