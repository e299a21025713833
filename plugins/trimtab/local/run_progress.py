"""What a person sees while a DAG run goes on: tasks and states, live in a terminal, as lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

from trimtab.local.airflow_api import DONE, Run
from trimtab.terminal import Console, Text

STYLES = {
    "success": ("✔", "green"),
    "skipped": ("↷", "cyan"),
    "failed": ("✘", "bold red"),
    "upstream_failed": ("·", "red"),
    "running": ("▸", "yellow"),
    "up_for_retry": ("↻", "yellow"),
    "queued": ("◦", "dim"),
    "scheduled": ("◦", "dim"),
}
FINISHED = {"success", "skipped", "failed", "upstream_failed"}


class RunView:
    """Shows one DAG run as it goes on.

    Args:
        console: Where to.
        title: What the run is for.
    """

    def __init__(self, console: Console, title: str) -> None:
        self.console, self.title = console, title
        self._live = Live(console=console, refresh_per_second=8, transient=False)
        self._told: dict[str, str] = {}
        self._began = time.monotonic()
        self._since: dict[str, float] = {}
        self._took: dict[str, float] = {}

    def __enter__(self) -> RunView:
        if self.console.is_terminal:
            self._live.start()
        else:
            self.console.print(self.title, style="bold")
        return self

    def __exit__(self, *_: object) -> None:
        if self.console.is_terminal:
            self._live.stop()

    def see(self, run: Run) -> None:
        """Show the run as it is now."""
        now = time.monotonic()
        for task, state in run.tasks.items():
            if state == "running":
                self._since.setdefault(task, now)
            if state in FINISHED:
                self._took.setdefault(task, now - self._since.get(task, now))
        if self.console.is_terminal:
            self._live.update(self._table(run))
            return
        for task, state in run.tasks.items():
            if state and state in FINISHED and self._told.get(task) != state:
                self._told[task] = state
                self.console.print(
                    Text.assemble("  ", _mark(state), f" {task:<20} {state:<16} ", self._time(task))
                )

    def _table(self, run: Run) -> Table:
        table = Table.grid(padding=(0, 2))
        seconds = time.monotonic() - self._began
        done = run.state in DONE
        head = _mark(run.state) if done else Spinner("dots", style="yellow")
        table.add_row(
            head, Text(self.title, style="bold"), Text(run.state), Text(f"{seconds:.0f} s", style="dim")
        )
        for task, state in run.tasks.items():
            table.add_row("", Text.assemble(_mark(state), " ", task), state or "", self._time(task))
        return table

    def _time(self, task: str) -> Text:
        seconds = self._took.get(task) or (
            time.monotonic() - self._since[task] if task in self._since else 0.0
        )
        return Text(f"{seconds:.0f} s" if seconds >= 0.5 else "", style="dim")


def _mark(state: str | None) -> Text:
    sign, style = STYLES.get(state or "", (" ", "dim"))
    return Text(sign, style=style)


@contextmanager
def waiting(console: Console, what: str) -> Iterator[None]:
    """Show a spinner while something is waited for, and how long it took."""
    began = time.monotonic()
    with console.status(what) if console.is_terminal else _silent():
        yield
    took = f" {time.monotonic() - began:.0f} s"
    console.print(Text.assemble("  ", ("✔", "green"), f" {what}", (took, "dim")))


@contextmanager
def _silent() -> Iterator[None]:
    yield
