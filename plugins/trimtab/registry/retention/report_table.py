"""Verifications and removals on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from trimtab.registry.retention.pruning import Removal
from trimtab.registry.retention.verification import PARTS, Verification
from trimtab.terminal import Console, Text

UNITS = ("B", "KB", "MB", "GB", "TB")


def show_verification(found: Verification, console: Console) -> None:
    """Print a row per version, then each problem with what to do about it."""
    table = Table(title=f"Live versions of {found.model}", title_justify="left", title_style="bold")
    for column in ("version", "why it is kept", *PARTS[1:]):
        table.add_column(column, justify="right" if column == "version" else "left", overflow="fold")
    for number, why in found.live.items():
        counts = {
            part: sum((problem.version, problem.part) == (number, part) for problem in found.problems)
            for part in PARTS[1:]
        }
        cells = {
            part: Text(f"{count} wrong", "red") if count else Text("ok", "green")
            for part, count in counts.items()
        }
        if not counts["data"]:
            known = found.contents.get(number)
            cells["data"] = (
                Text(f"{known} ok", "green") if known is not None else Text("not looked at", "yellow")
            )
        table.add_row(str(number), why, *cells.values())
    console.print(table if found.live else f"No version of {found.model} is live")
    for problem in found.problems:
        console.print(Text("problem", "bold red"), str(problem), soft_wrap=True)
    if not found.problems:
        remotes = "read and hashed" if found.deep else "asked for, not read: `--deep` does"
        console.print(f"The ledger is whole. What is in remotes was {remotes}.", style="dim", highlight=False)


def show_removals(removals: Iterable[Removal], console: Console) -> None:
    """Print what goes, with sizes and why."""
    table = Table(title="What goes", title_justify="left", title_style="bold")
    table.add_column("what", overflow="fold")
    table.add_column("size", justify="right")
    table.add_column("why", overflow="fold")
    for removal in removals:
        table.add_row(removal.what, size_text(removal.size), removal.why)
    console.print(table if table.row_count else "Nothing goes: all there is is kept, as `retention` says")


def size_text(size: float) -> str:
    """Return a size in bytes for a person."""
    unit = 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 else f"{size:.1f} {UNITS[unit]}"
