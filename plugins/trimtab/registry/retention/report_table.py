"""Verifications and removals on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.table import Table

from trimtab.registry.retention.removal import Removal
from trimtab.registry.retention.verification import PARTS, Verification
from trimtab.terminal import Console, Text

UNITS = ("B", "KB", "MB", "GB", "TB")


def show_verification(found: Verification, console: Console) -> None:
    """Print a row for each version, then each problem with its fix."""
    console.print(_verification_table(found) if found.live else f"No version of {found.model} is live")
    for problem in found.problems:
        console.print(Text("problem", "bold red"), str(problem), soft_wrap=True)
    if not found.problems:
        remotes = "read and hashed" if found.deep else "checked by size only: `--deep` reads them"
        console.print(
            f"The ledger is intact. Objects in remotes were {remotes}.", style="dim", highlight=False
        )


def _verification_table(found: Verification) -> Table:
    table = Table(title=f"Live versions of {found.model}", title_justify="left", title_style="bold")
    for column in ("version", "live because", *PARTS[1:]):
        table.add_column(column, justify="right" if column == "version" else "left", overflow="fold")
    for number, reason in found.live.items():
        counts = {
            part: sum((problem.version, problem.part) == (number, part) for problem in found.problems)
            for part in PARTS[1:]
        }
        cells = {
            part: Text(f"{count} wrong", "red") if count else Text("ok", "green")
            for part, count in counts.items()
        }
        if not counts["signature"]:
            cells["signature"] = _signature_cell(found.signatures.get(number))
        if not counts["data"]:
            checked = found.contents.get(number)
            cells["data"] = (
                Text(f"{checked} ok", "green") if checked is not None else Text("not checked", "yellow")
            )
        table.add_row(str(number), reason, *cells.values())
    return table


def _signature_cell(signed_by: str | None) -> Text:
    """Return who signed a version; a key that is not verified, since the checkout lists none, is no name."""
    if signed_by is None:
        return Text("not checked", "yellow")
    if re.fullmatch("[0-9a-f]{64}", signed_by):
        return Text(f"key {signed_by[:12]}, not verified", "yellow")
    return Text(signed_by, "green") if signed_by else Text("none", "dim")


def show_removals(removals: Iterable[Removal], console: Console) -> None:
    """Print what the retention policy no longer keeps, with sizes and reasons."""
    table = Table(title="No longer kept", title_justify="left", title_style="bold")
    table.add_column("what", overflow="fold")
    table.add_column("size", justify="right")
    table.add_column("reason", overflow="fold")
    for removal in removals:
        table.add_row(removal.what, size_text(removal.size), removal.why)
    console.print(table if table.row_count else "Nothing to prune: `retention` in params.yaml keeps all")


def size_text(size: float) -> str:
    """Return a size in bytes for people."""
    unit = 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 else f"{size:.1f} {UNITS[unit]}"
