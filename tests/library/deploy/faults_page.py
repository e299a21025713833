"""The table of faults in the docs: what the user saw, and how much longer the run took."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


@dataclass(frozen=True)
class Fault:
    """A fault, and how it ended.

    Attributes:
        name: What happened.
        seen: What the user saw.
        lost: Seconds by which the run took longer, the outage itself among them.
    """

    name: str
    seen: str
    lost: float


def write_page(page: Path, undisturbed: float, faults: list[Fault]) -> None:
    """Write the table between the marks of a page."""
    rows = [f"| {fault.name} | {fault.seen} | {fault.lost:.0f} |" for fault in faults]
    table = "\n".join(
        [
            f"A run without a fault took {undisturbed:.0f} s.",
            "",
            "| fault | what the user saw | the run took longer by, in seconds |",
            "|---|---|---|",
            *rows,
        ]
    )
    text = page.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
