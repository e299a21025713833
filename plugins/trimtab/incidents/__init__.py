"""Incidents: what alerts have opened, kept as runs in MLflow, with what people and gates added since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.incidents.cause import KINDS, Cause, IncidentKind
    from trimtab.incidents.event import ROLES, SEVERITY_TEXTS, Event, Role, Severity
    from trimtab.incidents.incident import Incident
    from trimtab.incidents.incident_log import (
        EXPERIMENT,
        join_incident,
        read_incident,
        read_incidents,
        record_pass,
    )
    from trimtab.incidents.listing import incident_table
    from trimtab.incidents.recovery import Recovery, find_recovery
    from trimtab.incidents.response import add_note, resolve_incident
    from trimtab.incidents.runbook import DOCS_URL, runbook_address

__all__ = [
    "DOCS_URL",
    "EXPERIMENT",
    "KINDS",
    "ROLES",
    "SEVERITY_TEXTS",
    "Cause",
    "Event",
    "Incident",
    "IncidentKind",
    "Recovery",
    "Role",
    "Severity",
    "add_note",
    "find_recovery",
    "incident_table",
    "join_incident",
    "read_incident",
    "read_incidents",
    "record_pass",
    "resolve_incident",
    "runbook_address",
]

__getattr__ = lazy_names(
    __name__,
    {
        "cause": ["KINDS", "Cause", "IncidentKind"],
        "event": ["ROLES", "SEVERITY_TEXTS", "Event", "Role", "Severity"],
        "incident": ["Incident"],
        "incident_log": ["EXPERIMENT", "join_incident", "read_incident", "read_incidents", "record_pass"],
        "listing": ["incident_table"],
        "recovery": ["Recovery", "find_recovery"],
        "response": ["add_note", "resolve_incident"],
        "runbook": ["DOCS_URL", "runbook_address"],
    },
)
