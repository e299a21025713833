"""What people do about an incident: notes, roles, and the resolution, which needs a proof."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.incidents.event import LONGEST_TEXT, Event, Role
from trimtab.incidents.incident import Incident
from trimtab.incidents.incident_log import EXPERIMENT, add_event, read_incident
from trimtab.incidents.recovery import find_recovery, missing_checks
from trimtab.registry.tracking import connection

SHOWN = 5  # checks in a message


def add_note(name: str, text: str, *, by: str, role: Role | None = None) -> Incident:
    """Add what a person has found or done, or the role that he takes.

    Args:
        name: The incident; see :func:`read_incident`.
        text: The note.
        by: The person.
        role: The role that he takes; None if he takes none.

    Raises:
        RegistryError: There is no such incident, the text is empty or too long, or MLflow does not answer.
    """
    _require_text(text, "The note")
    incident = read_incident(name)
    event = Event(kind="role" if role else "note", at=_now(), by=by, text=text.strip(), role=role)
    with connection() as client:
        add_event(client, incident.run_id, event.shortened())
    return read_incident(incident.id)


def resolve_incident(
    name: str, *, by: str, root: Path | None = None, override: str | None = None
) -> Incident:
    """Resolve an incident, if what failed has passed since, or a person overrides that.

    Args:
        name: The incident; see :func:`read_incident`.
        by: The person.
        root: The project's root, to look for recorded runs.
        override: Why it is resolved although nothing proves that it works again; it is recorded.

    Raises:
        RegistryError: Nothing has passed since the last alert, the incident was resolved before, the reason
            is empty or too long, or MLflow does not answer.
    """
    if override is not None:
        _require_text(override, "The reason")
    incident = read_incident(name)
    if incident.resolution:
        raise RegistryError(
            f"The incident was resolved before, at {incident.resolution.at}, by {incident.resolution.by}",
            where=f"incident {incident.id}",
            fix="the next alert of its cause opens a new incident; to add something: `trimtab incident note`",
        )
    text = _prove(incident, root) if override is None else override.strip()
    event = Event(kind="resolved", at=_now(), by=by, text=text, override=override is not None)
    with connection() as client:
        add_event(client, incident.run_id, event.shortened())  # of two at once, MLflow keeps the first
        client.set_terminated(incident.run_id)
    return read_incident(incident.id)


def _prove(incident: Incident, root: Path | None) -> str:
    """Return what has passed since the last alert, and where."""
    recovery = find_recovery(incident, root)
    if recovery is None:
        raise _not_recovered(incident)
    return f"{recovery.sentence} ({recovery.run})"


def _not_recovered(incident: Incident) -> RegistryError:
    missing = missing_checks(incident)
    named = ", ".join(missing[:SHOWN]) + (f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else "")
    what = (
        f"These checks have not passed: {named}" if missing else f"'{incident.cause.task_id}' has not passed"
    )
    return RegistryError(
        f"{what}, since the last alert",
        where=f"incident {incident.id}, DAG '{incident.cause.dag_id}', task '{incident.cause.task_id}'",
        fix="clear the task in Airflow, or let a later run pass, then resolve it again. To resolve it "
        "without that, give a reason: `--override REASON`",
    )


def _require_text(text: str, subject: str) -> None:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise RegistryError(
            f"{subject} has {len(text.strip()):,} characters; it must have 1 to {LONGEST_TEXT:,}",
            where=f"MLflow: experiment '{EXPERIMENT}'",
            fix="write it in one or two sentences; nothing has been recorded",
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
