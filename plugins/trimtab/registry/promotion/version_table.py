"""The versions and the ledger of a model on a terminal: versions, a timeline, the switches.

All of it fits 80 columns: a long text is folded in its cell.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import RenderableType
from rich.table import Table

from trimtab.learning import BINARY
from trimtab.registry.ledger import LedgerEntry
from trimtab.registry.promotion.aliases import CHAMPION
from trimtab.registry.promotion.champion_history import ChampionHistory, RegisteredVersion
from trimtab.terminal import Console, Text

WIDTH = 60  # characters of the timeline
COLOURS = {"champion": "bold green", "previous": "cyan", "challenger": "yellow", "retired": "red"}


def show_history(history: ChampionHistory, console: Console) -> None:
    """Print the versions, the timeline and the switches, and the problems last. The champion is first."""
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
    source = f" from {_source(entry)}" if entry.source else ""
    return f"{subject}, {entry.how}{source} {_minutes(entry.at)} UTC by {entry.by}{until}: {entry.reason}"


def _source(entry: LedgerEntry) -> str:
    """Return where a champion comes from that was promoted in another environment before."""
    registry, version, commit, approver = (
        str(entry.source.get(key, "?")) for key in ("registry", "version", "commit", "approver")
    )
    return f"{registry} (version {version}, commit {commit[:12]}, approved by {approver})"


def _version_table(history: ChampionHistory) -> Table:
    versions = sorted(history.versions, key=lambda version: CHAMPION not in version.aliases)
    types = {_type(version) for version in versions}
    columns: dict[str, Callable[[RegisteredVersion], RenderableType]] = {
        "version": lambda version: str(version.version),
        "state": _state,
        "type": _type,
        "candidate": lambda version: version.facts.get("candidate", ""),
        "registered (UTC)": lambda version: _minutes(version.created),
        "data": lambda version: version.facts.get("data_window", ""),
        "reason and decision": _reason,
    }
    if len(types) == 1:
        del columns["type"]
    if not any("candidate" in version.facts for version in versions):
        del columns["candidate"]
    title = ", ".join([f"Versions of {history.model}", *(types if len(types) == 1 else ())])
    table = _table(title, *columns)
    for version in versions:
        table.add_row(*(cell(version) for cell in columns.values()))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "version" else "left", overflow="fold")
    return table


def _type(version: RegisteredVersion) -> str:
    return version.facts.get("problem_type", BINARY.name)  # earlier releases knew no other type


def _reason(version: RegisteredVersion) -> str:
    """Return why a version was made, and on the next line why it was promoted, or was not."""
    reason = version.facts.get("reason", "").partition(".")[0]
    return "\n".join(text for text in (reason, version.facts.get("decision", "")) if text)


def _state(version: RegisteredVersion) -> RenderableType:
    states = [*version.aliases, *(["retired"] if version.retired else [])]
    return Text(", ").join(Text(state, style=COLOURS.get(state, "")) for state in states)


def _switch_table(history: ChampionHistory) -> Table:
    """Return a line for each switch; a champion was live until the time in the line above."""
    table = _table("Champions, newest first", "from (UTC)", "version", "data until", "how", "by", "reason")
    for entry in reversed(history.ledger.entries):
        table.add_row(
            _minutes(entry.at),
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
