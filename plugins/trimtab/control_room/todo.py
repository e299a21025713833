"""What waits for a person: approvals, models that are not all right, failed verifications and failed runs."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from trimtab.control_room.live import LiveState
from trimtab.control_room.state import State

Kind = Literal["approval", "model", "verification", "run"]
ORDER: tuple[Kind, ...] = ("model", "approval", "verification", "run")


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


def sort_items(items: Iterable[TodoItem]) -> tuple[TodoItem, ...]:
    """Return items with the live models first, then what has a deadline, the nearest first."""
    return tuple(sorted(items, key=lambda item: (ORDER.index(item.kind), item.due or "9999", item.since)))
