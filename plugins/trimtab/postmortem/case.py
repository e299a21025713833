"""The case: an incident with its timeline, its times, and what changed since the last good run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trimtab.diagnosis import Explanation, explain, find_past_run
from trimtab.errors import TrimtabError
from trimtab.incidents import Incident, Recovery, find_recovery
from trimtab.postmortem.timeline import Timeline, read_timeline

SCHEMA = "trimtab.incident/1"
BEFORE = timedelta(days=1)  # how much of the past is shown if no good run is known


@dataclass(frozen=True)
class Times:
    """The times of an incident, in seconds; None where no system has measured it.

    Attributes:
        to_detect: From the start of the try that failed to its alert.
        to_acknowledge: From the first alert to the first note or role of a person.
        to_recover: From the first alert to the first pass after the last one.
        to_resolve: From the first alert to the resolution.
    """

    to_detect: float | None
    to_acknowledge: float | None
    to_recover: float | None
    to_resolve: float | None


@dataclass(frozen=True)
class Case:
    """All that is known of an incident.

    Attributes:
        incident: The incident.
        times: Its times.
        recovery: What has passed since; None if nothing has.
        timeline: What happened.
        changes: What differs from the last good run; None if it cannot be said.
        unknown: What is not known, and why.
    """

    incident: Incident
    times: Times
    recovery: Recovery | None
    timeline: Timeline
    changes: Explanation | None
    unknown: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON of the case."""
        return {
            "schema": SCHEMA,
            **self.incident.to_dict(),
            "times": asdict(self.times),
            "recovery": asdict(self.recovery) if self.recovery else None,
            "timeline": [asdict(moment) for moment in self.timeline.moments],
            "changes": self.changes.to_dict() if self.changes else None,
            "unknown": list(self.unknown),
        }


def build_case(incident: Incident, root: Path, models: Sequence[str], now: datetime) -> Case:
    """Gather all that is known of an incident. A source that does not answer is named.

    Args:
        incident: The incident.
        root: The project's root.
        models: The registered models of the project.
        now: The time.
    """
    unknown = list(incident.problems)
    opened = datetime.fromisoformat(incident.opened)
    changes, since, recovery = None, opened - BEFORE, None
    try:
        recovery = find_recovery(incident, root)
    except TrimtabError as err:
        unknown.append(_unknown("Recorded runs", err))
    if incident.alerts:
        try:
            changes = explain(root, incident.alerts[0].by)
            since = min(find_past_run(root, changes.against).when.astimezone(UTC), opened)
        except TrimtabError as err:
            unknown.append(_unknown("What changed since the last good run", err))
    subject = incident.cause.subject
    own = [subject] if subject in models else list(models)
    timeline = read_timeline(incident, own, root, since, now)
    return Case(
        incident=incident,
        times=_measure(incident, recovery),
        recovery=recovery,
        timeline=timeline,
        changes=changes,
        unknown=(*unknown, *timeline.unknown),
    )


def _unknown(subject: str, err: TrimtabError) -> str:
    return f"{subject}: {err.what}{f'; {err.fix}' if err.fix else ''}"


def _measure(incident: Incident, recovery: Recovery | None) -> Times:
    first = incident.alerts[0] if incident.alerts else None
    people = [event for event in incident.events if event.kind in ("note", "role", "resolved")]
    return Times(
        to_detect=_seconds(first.began, first.at) if first else None,
        to_acknowledge=_seconds(incident.opened, people[0].at) if people else None,
        to_recover=_seconds(incident.opened, recovery.at) if recovery else None,
        to_resolve=_seconds(incident.opened, incident.resolution.at) if incident.resolution else None,
    )


def _seconds(begin: str, end: str) -> float | None:
    """Return the seconds between two times; None if one is not known, or clocks of hosts contradict it."""
    if not (begin and end):
        return None
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
    return seconds if seconds >= 0 else None
