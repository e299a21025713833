"""What the parts of the control room have in common: frozen models that are read, cached and shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Health = Literal["ok", "watch", "act"]
# How a page and a terminal name each: by a word and a sign, never by the colour alone.
HEALTH_NAMES: Mapping[Health, str] = {"ok": "All right", "watch": "Watch", "act": "Act now"}
HEALTH_SIGNS: Mapping[Health, str] = {"ok": "✓", "watch": "▲", "act": "✖"}


class State(BaseModel):
    """A part of what the control room shows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def age(moment: str, now: datetime) -> str:
    """Return how long ago a moment was, in the largest unit of which there are at least two.

    Args:
        moment: ISO 8601; without a time zone, UTC.
        now: The time, with its time zone.
    """
    then = datetime.fromisoformat(moment)
    seconds = (now - (then if then.tzinfo else then.replace(tzinfo=UTC))).total_seconds()
    if seconds < 0:
        return "in the future"
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:,.0f} {unit}s ago"
    return "just now" if seconds < 60 else "1 minute ago"


def minutes(moment: str) -> str:
    """Return an ISO time to the minute, as people read it."""
    return moment[:16].replace("T", " ")
