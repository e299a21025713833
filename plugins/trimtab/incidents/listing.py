"""Incidents as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rich.table import Table

from trimtab.incidents.event import Severity
from trimtab.incidents.incident import Incident
from trimtab.terminal import Text

FOLDED = ("what", "lead")  # what to copy is never cut, however narrow the terminal is
COLOURS: dict[Severity, str] = {"sev1": "bold red", "sev2": "yellow", "sev3": "default"}


def incident_table(incidents: Sequence[Incident]) -> Table:
    """Return a table of incidents, a line for each."""
    some_resolved = any(incident.resolution for incident in incidents)
    cells = [_cells(incident, with_state=some_resolved) for incident in incidents]
    table = Table(box=None, pad_edge=False)
    for column in cells[0] if cells else ():
        justify: Literal["left", "right"] = "right" if column == "alerts" else "left"
        table.add_column(column, justify=justify, no_wrap=column not in FOLDED, overflow="fold")
    for row in cells:
        table.add_row(*row.values())
    return table


def _cells(incident: Incident, *, with_state: bool) -> dict[str, Text]:
    return {
        "incident": Text(incident.id),
        "sev": Text(incident.severity, COLOURS[incident.severity]),
        **({"state": Text(incident.state)} if with_state else {}),
        "what": Text(incident.cause.title),
        "alerts": Text(str(len(incident.alerts))),
        "since (UTC)": Text(incident.opened[:16].replace("T", " ")),
        "lead": Text(incident.roles.get("lead", "nobody")),
    }
