"""An event of an incident: an alert, a check that passed, or what a person did. Its time is the clock's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, field_validator

from trimtab.escaping import line
from trimtab.registry.tracking import LONGEST_PARAM

EventKind = Literal["alert", "passed", "note", "role", "resolved"]
Severity = Literal["sev1", "sev2", "sev3"]  # the worst first
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SEVERITY_TEXTS: Mapping[Severity, str] = {
    "sev1": "the live model may be wrong, or cannot be restored",
    "sev2": "new data, models or scores are blocked",
    "sev3": "nothing is blocked",
}
Role = Literal["lead", "communication", "operations"]
ROLES: tuple[Role, ...] = get_args(Role)
LONGEST_TEXT = 1500  # characters
SHORTER_TEXT = 300  # of an event that would be too long for a param
MOST_CHECKS, LONGEST_CHECK = 20, 80
LONGEST_NAME, LONGEST_ADDRESS = 200, 300


class Event(BaseModel):
    """One event.

    Attributes:
        kind: ``alert``, ``passed``, ``note``, ``role`` or ``resolved``.
        at: When it was recorded: ISO 8601, UTC. Nobody types it.
        by: The DAG run or the user.
        text: What happened.
        severity: Of an alert.
        blocks: Of an alert: what does not run.
        checks: The checks that failed, or those of them that passed. Without any, the task is the check.
        began: Of an alert: when the try of the task began: ISO 8601, UTC; empty if it is not known.
        links: Of an alert: label to address.
        role: The role that a person took.
        override: Of a resolution: whether a person decided it without a check that passed.
        attempt: Of an alert or a pass: task, map index and try. One try is recorded once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: EventKind
    at: str
    by: str
    text: str
    severity: Severity | None = None
    blocks: str = ""
    checks: tuple[str, ...] = ()
    began: str = ""
    links: Mapping[str, str] = {}
    role: Role | None = None
    override: bool = False
    attempt: str = ""

    @field_validator("at", "began")
    @classmethod
    def _require_time(cls, value: str) -> str:
        if value and datetime.fromisoformat(value).tzinfo is None:
            raise ValueError("the time has no time zone")
        return value

    @property
    def key(self) -> str:
        """The name of the MLflow param that stores the event. MLflow refuses a second value for it."""
        if self.kind == "resolved":
            return self.kind
        about = [self.by, self.attempt] if self.attempt else [self.at, self.by, self.text]
        return f"{self.kind}-{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:16]}"

    def to_json(self) -> str:
        """Return the value of the param: all that is not empty."""
        return json.dumps(
            self.model_dump(mode="json", exclude_defaults=True), sort_keys=True, ensure_ascii=False
        )

    def shortened(self) -> Self:
        """Return the event as short as MLflow stores it, each text as one line."""
        links = {
            label[:40]: url for label, url in list(self.links.items())[:5] if len(url) <= LONGEST_ADDRESS
        }
        more = len(self.checks) - MOST_CHECKS
        text = "; ".join(filter(None, map(line, self.text.splitlines())))
        values = {
            "by": shorten(line(self.by), LONGEST_NAME),
            "text": shorten(text, LONGEST_TEXT) + (f" (and {more} more checks)" if more > 0 else ""),
            "blocks": shorten(line(self.blocks), LONGEST_NAME),
            "checks": tuple(map(shorten_check, self.checks[:MOST_CHECKS])),
            "links": links,
            "attempt": shorten(line(self.attempt), LONGEST_NAME),
        }
        short = self.model_copy(update=values)
        if len(short.to_json()) <= LONGEST_PARAM:
            return short
        return short.model_copy(update={"text": shorten(text, SHORTER_TEXT), "links": {}})


def shorten_check(name: str) -> str:
    """Return the name of a check as events have it."""
    return shorten(line(name), LONGEST_CHECK)


def shorten(text: str, longest: int) -> str:
    """Return a text with at most so many characters; the end of a longer one becomes ``…``."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
