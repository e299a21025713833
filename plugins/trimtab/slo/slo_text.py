"""The objectives at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from trimtab.slo.objective_state import ObjectiveState
from trimtab.slo.report import SloReport
from trimtab.terminal import Console, Text

NUMBERS = {"good share", "bad", "may be bad", "budget left"}
COLUMNS = ("objective", "good share", "period", "bad", "may be bad", "budget left")
NAMES = {"ok": "All objectives are met", "watch": "Watch", "act": "Act now"}
COLOURS = {"ok": "bold green", "watch": "bold yellow", "act": "bold red"}


def show_slo(report: SloReport, console: Console) -> None:
    """Print the objectives of a model: how they are first, then by what.

    Args:
        report: How they are.
        console: Where it is printed.
    """
    heading = Text.assemble((NAMES[report.health], COLOURS[report.health]), f"  {report.model}")
    console.print(heading, highlight=False)
    if report.frozen:
        console.print(Text(f"{report.frozen[0].upper()}{report.frozen[1:]}."), soft_wrap=True)
    if report.decided_at:
        decided = f"{report.decided_at[:16].replace('T', ' ')} UTC"
        console.print(Text(f"a person decided at {decided} that promotions go on"), soft_wrap=True)
    if not report.objectives:
        console.print(Text("params.yaml declares no objective"), soft_wrap=True)
        return
    console.print(_table(report))
    for line in _notes(report):
        console.print(line, soft_wrap=True, highlight=False)


def _table(report: SloReport) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in NUMBERS else "left")
    for state in report.objectives:
        table.add_row(
            state.title,
            f"{state.objective:.4g}",
            f"{state.period:g} {state.unit}",
            f"{state.bad:.3g}" if state.observed else "",
            f"{state.budget:.3g}",
            Text(f"{state.remaining:.0%}" if state.observed else "", "bold red" if state.spent else ""),
        )
    return table


def _notes(report: SloReport) -> Iterator[Text]:
    for state in report.objectives:
        if not state.observed:
            yield Text(state.sentence, "bold yellow")
        for burn in state.firing:
            yield Text(
                f"{state.title}: {burn.name} burn ({burn.urgency}): {burn.long_rate:.3g} times too fast over "
                f"{burn.long}, {burn.short_rate:.3g} over {burn.short}; the bound is {burn.threshold:.3g}",
                "bold red",
            )
        if state.lasts is not None:
            yield Text(f"{state.title}: at this rate the budget lasts {state.lasts:.3g} {state.unit}")
        yield from _faults(state)


def _faults(state: ObjectiveState) -> Iterator[Text]:
    for fault in state.faults:
        yield Text(f"{state.title}: {fault.at[:16].replace('T', ' ')} UTC: {fault.why}", "dim")
