"""An incident on a terminal: what to do first, then what happened."""

from __future__ import annotations

from rich.table import Table

from trimtab.control_room import minutes
from trimtab.incidents import SEVERITY_TEXTS, runbook_address
from trimtab.postmortem.case import Case
from trimtab.postmortem.evidence import change_sentences, impact_sentences, time_rows
from trimtab.terminal import Console, Text

SHOWN = 40  # lines of the timeline, the newest; --json has all


def show_case(case: Case, console: Console) -> None:
    """Print an incident.

    Args:
        case: The incident and all that is known of it.
        console: The terminal.
    """
    incident = case.incident
    console.print(Text(f"{incident.id}  {incident.severity}  {incident.state}", "bold"))
    console.print(Text(incident.cause.title))
    for line in impact_sentences(case)[1:]:
        console.print(Text(f"  {line}"))
    console.print(
        Text(f"  {SEVERITY_TEXTS[incident.severity]}; lead: {incident.roles.get('lead', 'nobody')}")
    )
    for name, text in time_rows(case):
        if text:
            console.print(Text(f"  {name}: {text}"))
    _show_changes(case, console)
    _show_timeline(case, console)
    for line in case.unknown:
        console.print(Text(f"not known: {line}", "yellow"))
    console.print(Text(f"\nrunbook: {runbook_address(incident.cause.kind)}"), soft_wrap=True)
    console.print(Text(f"to do: {next_step(case)}", "bold"), soft_wrap=True)


def next_step(case: Case) -> str:
    """Return what to do next about an incident."""
    incident = case.incident
    if incident.resolution:
        return f"`trimtab postmortem {incident.id}` writes the draft of the postmortem"
    if case.recovery:
        return (
            f"it works again since {minutes(case.recovery.at)} UTC: `trimtab incident resolve {incident.id}`"
        )
    if "lead" not in incident.roles:
        return f'take it: `trimtab incident note {incident.id} "I take it" --role lead`; then the runbook'
    return "repair the cause, then clear the task in Airflow; what passes is recorded here"


def _show_changes(case: Case, console: Console) -> None:
    if case.changes is None:
        return
    console.print(Text(f"\nchanged since the last good run, {case.changes.against}", "bold"))
    for line in change_sentences(case.changes) or ["no data, code, param or environment differs"]:
        console.print(Text(f"  {line}"))


def _show_timeline(case: Case, console: Console) -> None:
    moments = case.timeline.moments
    console.print(Text("\ntimeline (UTC)", "bold"))
    if len(moments) > SHOWN:
        console.print(Text(f"  {len(moments) - SHOWN} earlier lines are left out: --json has all"))
    table = Table(box=None, pad_edge=False, show_header=False)
    for moment in moments[-SHOWN:]:
        table.add_row(minutes(moment.at), Text(moment.source), Text(moment.text), Text(moment.by))
    console.print(table)
