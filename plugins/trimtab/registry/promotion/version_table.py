"""The versions and the ledger of a model on a terminal: versions, a timeline, the switches."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import RenderableType
from rich.table import Table

from trimtab.learning import BINARY
from trimtab.registry.ledger import LedgerEntry
from trimtab.registry.promotion.champion_history import ChampionHistory, RegisteredVersion
from trimtab.terminal import Console, Text

WIDTH = 60  # characters of the timeline
COLOURS = {"champion": "bold green", "previous": "cyan", "challenger": "yellow", "retired": "red"}


def show_history(history: ChampionHistory, console: Console) -> None:
    """Print the versions, the timeline and the switches, and the problems last."""
    console.print(_version_table(history))
    if history.ledger.entries:
        console.print(_timeline(history, datetime.now(UTC)))
        console.print(_switch_table(history))
        console.print(
            f"ledger {history.ledger.entries[-1].hash}", style="dim", highlight=False, soft_wrap=True
        )
    for problem in history.problems:
        console.print(Text("problem", "bold red"), problem, soft_wrap=True)


def describe_entry(entry: LedgerEntry | None) -> str:
    """Return a ledger entry as a sentence."""
    if entry is None:
        return "no model was live, by the ledger"
    subject = "no version" if entry.champion is None else f"{entry.model} version {entry.champion}"
    until = f", data until {entry.data_until}" if entry.data_until else ""
    return f"{subject}, {entry.how} {_minutes(entry.at)} UTC by {entry.by}{until}: {entry.reason}"


def _version_table(history: ChampionHistory) -> Table:
    table = Table(title=f"Versions of {history.model}", title_justify="left", title_style="bold")
    several = any("candidate" in version.facts for version in history.versions)
    columns = ("type", *(["candidate"] if several else []), "registered (UTC)", "data", "training reason")
    for column in ("version", "state", *columns, "decision"):
        table.add_column(column, justify="right" if column == "version" else "left", overflow="fold")
    for version in history.versions:
        table.add_row(
            str(version.version),
            _state(version),
            version.facts.get("problem_type", BINARY.name),  # earlier releases knew no other type
            *([version.facts.get("candidate", "")] if several else []),
            _minutes(version.created),
            version.facts.get("data_window", ""),
            version.facts.get("reason", "").partition(".")[0],
            version.facts.get("decision", ""),
        )
    return table


def _state(version: RegisteredVersion) -> RenderableType:
    states = [*version.aliases, *(["retired"] if version.retired else [])]
    return Text(", ").join(Text(state, style=COLOURS.get(state, "")) for state in states)


def _switch_table(history: ChampionHistory) -> Table:
    table = Table(title="Champions, first to last", title_justify="left", title_style="bold")
    for column in ("from (UTC)", "until", "version", "data until", "how", "by", "reason"):
        table.add_column(column, justify="right" if column == "version" else "left", overflow="fold")
    for entry, end in history.spans:
        table.add_row(
            _minutes(entry.at),
            _minutes(end) if end else Text("now", "green"),
            "none" if entry.champion is None else str(entry.champion),
            entry.data_until,
            entry.how,
            entry.by,
            entry.reason,
        )
    return table


def _timeline(history: ChampionHistory, now: datetime) -> Table:
    """Return a line for each version that was ever champion, from the first switch to now."""
    spans = [
        (entry.champion, datetime.fromisoformat(entry.at), datetime.fromisoformat(end) if end else now)
        for entry, end in history.spans
    ]
    first, length = spans[0][1], max((now - spans[0][1]).total_seconds(), 1)
    lines = {champion: Text("·" * WIDTH, style="dim") for champion, _, _ in spans if champion is not None}
    for champion, start, end in spans:
        if champion is not None:
            left, right = ((time - first).total_seconds() / length * WIDTH for time in (start, end))
            left = min(int(left), WIDTH - 1)
            shown = lines[champion].plain
            filled = shown[:left] + "█" * max(int(right) - left, 1)
            lines[champion] = Text(filled + shown[len(filled) :], style="cyan")
    table = Table(box=None, show_header=False, pad_edge=False)
    for version, line in lines.items():
        table.add_row(f"version {version}", line)
    table.add_row("", f"{_minutes(first.isoformat())}{_minutes(now.isoformat()):>{WIDTH - 16}}")
    return table


def _minutes(time: str) -> str:
    """Return an ISO time to the minute."""
    return time[:16].replace("T", " ")
