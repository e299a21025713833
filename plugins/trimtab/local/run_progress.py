"""The progress of a DAG run on the screen: a live table in a terminal, one line per task elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

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


class RunProgress:
    """Shows the tasks of a DAG run and their states.

    Args:
        console: Where the run is shown.
        title: The heading.
    """

    def __init__(self, console: Console, title: str) -> None:
        self.console, self.title = console, title
        self._live = Live(console=console, refresh_per_second=8, transient=False)
        self._printed: dict[str, str] = {}
        self._start = time.monotonic()
        self._task_start: dict[str, float] = {}
        self._task_seconds: dict[str, float] = {}

    def __enter__(self) -> RunProgress:
        if self.console.is_terminal:
            self._live.start()
        else:
            self.console.print(self.title, style="bold")
        return self

    def __exit__(self, *_: object) -> None:
        if self.console.is_terminal:
            self._live.stop()

    def update(self, run: Run) -> None:
        """Show a new state of the run."""
        now = time.monotonic()
        for task, state in run.tasks.items():
            if state == "running":
                self._task_start.setdefault(task, now)
            if state in FINISHED:
                self._task_seconds.setdefault(task, now - self._task_start.get(task, now))
        if self.console.is_terminal:
            self._live.update(self._table(run))
            return
        for task, state in run.tasks.items():
            if state and state in FINISHED and self._printed.get(task) != state:
                self._printed[task] = state
                self.console.print(
                    Text.assemble("  ", _mark(state), f" {task:<20} {state:<16} ", self._time(task))
                )

    def _table(self, run: Run) -> Table:
        table = Table.grid(padding=(0, 2))
        seconds = time.monotonic() - self._start
        done = run.state in DONE
        head = _mark(run.state) if done else Spinner("dots", style="yellow")
        table.add_row(
            head, Text(self.title, style="bold"), Text(run.state), Text(f"{seconds:.0f} s", style="dim")
        )
        for task, state in run.tasks.items():
            table.add_row("", Text.assemble(_mark(state), " ", task), state or "", self._time(task))
        return table

    def _time(self, task: str) -> Text:
        started = self._task_start.get(task)
        running = time.monotonic() - started if started is not None else 0.0
        seconds = self._task_seconds.get(task) or running
        return Text(f"{seconds:.0f} s" if seconds >= 0.5 else "", style="dim")


def _mark(state: str | None) -> Text:
    symbol, style = STYLES.get(state or "", (" ", "dim"))
    return Text(symbol, style=style)


@contextmanager
def show_wait(console: Console, goal: str) -> Iterator[None]:
    """Show a spinner until the context is left, then how long it took.

    Args:
        console: Where it is shown.
        goal: The state that is waited for, such as ``Airflow answers``.
    """
    start = time.monotonic()
    with console.status(goal) if console.is_terminal else nullcontext():
        yield
    seconds = f" {time.monotonic() - start:.0f} s"
    console.print(Text.assemble("  ", ("✔", "green"), f" {goal}", (seconds, "dim")))
