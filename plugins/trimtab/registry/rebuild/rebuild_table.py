"""The result of a rebuild on a terminal."""

from __future__ import annotations

from rich.table import Table

from trimtab.registry.rebuild.rebuilt_version import RebuiltVersion
from trimtab.terminal import Console, Text

HASH_LENGTH = 10  # characters of a content hash that the table shows


def show_rebuilt(rebuilt: RebuiltVersion, console: Console) -> None:
    """Print the verdict first, then the differences, then the changes of the environment."""
    verdict = Text("identical", "bold green") if rebuilt.identical else Text("differs", "bold red")
    console.print(f"{rebuilt.version} at {rebuilt.commit[:12]}:", verdict, highlight=False)
    console.print(f"compared: {', '.join(rebuilt.compared)}", highlight=False)
    if rebuilt.differences:
        table = Table("what", "", "recorded", "rebuilt", "by", box=None, pad_edge=False)
        table.columns[1].overflow = "fold"
        for each in rebuilt.differences:
            cut = HASH_LENGTH if each.kind == "output" else None
            table.add_row(each.kind, each.what, each.recorded[:cut], each.rebuilt[:cut], each.by)
        console.print(table)
    if rebuilt.stopped:
        console.print(Text.assemble(("the rebuild stopped", "red"), f": {rebuilt.stopped}"))
    for warning in rebuilt.warnings:
        console.print(Text("environment", "yellow"), warning, highlight=False)
