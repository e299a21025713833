"""The live part of the control room at a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rich.table import Table

from trimtab.control_room.live import ChampionState, LiveState
from trimtab.control_room.state import HEALTH_NAMES, HEALTH_SIGNS, Health, age, minutes
from trimtab.learning import format_cell, metric_title
from trimtab.slo import show_slo
from trimtab.terminal import Console, Text

COLOURS: Mapping[Health, str] = {"ok": "bold green", "watch": "bold yellow", "act": "bold red"}
SHOWN = 6  # windows; `--json` has all
COLUMNS = ("window", "version", "decision", "became", "true", "95 % interval", "estimated", "bound")
NUMBERS = {"true", "95 % interval", "estimated", "bound"}


def show_live(live: LiveState, console: Console, now: datetime) -> None:
    """Print the live part of a model: how it is first, then by what.

    Args:
        live: The live part.
        console: Where it is printed.
        now: The time.
    """
    health = live.assessment.health
    head = Text(f"{HEALTH_SIGNS[health]} {live.model}: {HEALTH_NAMES[health].lower()}. ", COLOURS[health])
    console.print(head.append(Text(live.assessment.sentence)), soft_wrap=True)
    if live.assessment.advice:
        console.print(Text("to do: ", "bold").append(Text(live.assessment.advice)), soft_wrap=True)
    for name, text in _facts(live, now).items():
        console.print(Text(f"{name}: ", "dim").append(Text(text)), soft_wrap=True)
    if live.windows:
        console.print(_window_table(live))
    if live.slo:
        show_slo(live.slo, console)


def _facts(live: LiveState, now: datetime) -> dict[str, str]:
    newest = live.windows[-1] if live.windows else None
    facts = {"champion": _describe(live.champion, now) if live.champion else "none"}
    if newest:
        checked = f"{newest.window}, checked {age(newest.checked, now)} ({minutes(newest.checked)} UTC)"
        facts["newest window"] = checked
    if live.budget:
        facts["retrain budget"] = (
            f"{live.budget.left} of {live.budget.budget} left in {live.budget.windows} windows"
        )
    if live.scores:
        score = live.scores[0]
        facts["newest scores"] = (
            f"{score.window} by version {score.version}, {age(score.at, now)} ({minutes(score.at)} UTC)"
        )
    if live.drill:
        drill = live.drill
        facts["recovery drill"] = (
            f"{drill.verdict}, {age(drill.started, now)} ({minutes(drill.started)} UTC): {drill.sentence}"
        )
    target = live.rollback_target
    return {**facts, "roll back to": f"version {target}" if target else "nothing: no earlier champion"}


def _describe(champion: ChampionState, now: datetime) -> str:
    by = f"{champion.by}{', a person' if champion.person else ''}"
    return (
        f"version {champion.version}, {champion.how} {age(champion.since, now)} "
        f"({minutes(champion.since)} UTC) by {by}: {champion.reason}"
    )


def _window_table(live: LiveState) -> Table:
    windows = live.windows[-SHOWN:]
    title = f"{metric_title(windows[-1].metric)}, the newest window last"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in NUMBERS else "left")
    for window in windows:
        figures, interval = window.figures, window.figures.interval
        table.add_row(
            window.window,
            window.champion,
            window.decision,
            window.outcome or "",
            _cell(figures.figure),
            f"{_cell(interval[0])} to {_cell(interval[1])}" if interval else "",
            _cell(figures.estimate),
            _cell(figures.bound),
        )
    return table


def _cell(value: float | None) -> str:
    return "" if value is None else format_cell(value, 3)
