"""The timeline of an incident: every time comes from a system that recorded it. Nobody types one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

from trimtab.errors import TrimtabError
from trimtab.incidents import Event, Incident

Source = Literal["alert", "check", "person", "run", "deployment", "ledger", "drift"]
MOST = 300  # moments; the alerts and what people did are kept first
EVENT_SOURCES: Mapping[str, Source] = {"alert": "alert", "passed": "check"}  # all others are of people
KEPT_FIRST: tuple[Source, ...] = ("alert", "person", "check", "ledger", "deployment", "drift", "run")


@dataclass(frozen=True)
class Moment:
    """One line of the timeline.

    Attributes:
        at: When: ISO 8601, UTC.
        source: Who recorded it.
        text: What happened.
        by: The run or the person; empty if the text says it.
    """

    at: str
    source: Source
    text: str
    by: str = ""


@dataclass(frozen=True)
class Timeline:
    """The timeline, and what could not be asked.

    Attributes:
        moments: In the order of their times.
        unknown: A sentence for each source that did not answer, and for moments that were left out.
    """

    moments: tuple[Moment, ...]
    unknown: tuple[str, ...] = ()


def read_timeline(
    incident: Incident, models: Sequence[str], root: Path, since: datetime, now: datetime
) -> Timeline:
    """Return the timeline of an incident, from each source that answers.

    Args:
        incident: The incident.
        models: The registered models whose ledger and drift log belong to it.
        root: The project's root.
        since: The first time: that of the last good run.
        now: The time.
    """
    end = datetime.fromisoformat(incident.resolution.at) if incident.resolution else now
    sources: list[Callable[[], Iterator[Moment]]] = [
        partial(_of_incident, incident),
        partial(_of_airflow, incident, root, since, end),
        *(partial(_of_model, model, since, end) for model in models),
    ]
    moments: list[Moment] = []
    unknown: list[str] = []
    for source in sources:
        try:
            moments += list(source())
        except TrimtabError as err:
            unknown.append(f"{err.what} ({err.where})")
    kept = sorted(moments, key=lambda moment: (KEPT_FIRST.index(moment.source), moment.at))[:MOST]
    if len(kept) < len(moments):
        unknown.append(f"{len(moments) - len(kept)} more lines of the timeline are left out")
    return Timeline(tuple(sorted(kept, key=lambda moment: moment.at)), tuple(dict.fromkeys(unknown)))


def _of_incident(incident: Incident) -> Iterator[Moment]:
    for event in incident.events:
        yield Moment(event.at, EVENT_SOURCES.get(event.kind, "person"), _text(event), event.by)


def _text(event: Event) -> str:
    if event.kind == "role":
        return f"takes the role {event.role}: {event.text}"
    if event.kind == "resolved":
        return f"resolved{' by override' if event.override else ''}: {event.text}"
    if event.kind == "passed" and event.checks:
        return f"{event.text}: {', '.join(event.checks)}"
    return event.text


def _of_airflow(incident: Incident, root: Path, since: datetime, until: datetime) -> Iterator[Moment]:
    from trimtab.local.airflow_history import airflow_events
    from trimtab.local.airflow_server import connect_to_airflow

    sources: dict[str, Source] = {"run": "run", "deployment": "deployment", "action": "person"}
    for event in airflow_events(connect_to_airflow(root), incident.cause.dag_id, since, until):
        yield Moment(event.at, sources[event.kind], event.text, event.by or incident.cause.dag_id)


def _of_model(model: str, since: datetime, until: datetime) -> Iterator[Moment]:
    """Yield the switches of champion and the verdicts on windows; nothing for a model without any."""
    from trimtab.registry.drift_log import list_verdicts
    from trimtab.registry.ledger import Ledger
    from trimtab.registry.promotion import describe_entry
    from trimtab.registry.tracking import connection

    first, last = (moment.astimezone(UTC).isoformat(timespec="seconds") for moment in (since, until))
    with connection() as client:
        entries = Ledger.read(client, model).entries
    for entry in entries:
        if first <= entry.at <= last:
            yield Moment(entry.at, "ledger", describe_entry(entry), entry.by)
    for verdict in list_verdicts(model):
        if first <= verdict.at <= last:
            decision = f"{model} in {verdict.past.window}: {verdict.past.decision}"
            yield Moment(verdict.at, "drift", f"{decision}. {verdict.sentence}", verdict.dag_run)
