"""Progress of a run in the terminal: a line for each stage that ended, and a footer of running stages."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from rich.color import ColorSystem
from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.segment import ControlType, Segment
from rich.style import Style
from rich.table import Table

from trimtab.escaping import visible, with_colours_only, without_escape_sequences
from trimtab.pipeline.execution.stage_reproduction import StageOutcome
from trimtab.terminal import Console, Text

FOOTER_STAGES = 12
_RESET = "\x1b[0m"


class Progress:
    """Shows the progress of a run; in a pipe or a log file, as lines without style.

    Args:
        console: The terminal, pipe or file.
        total: The number of stages.
    """

    def __init__(self, console: Console, total: int) -> None:
        self._console, self._total = console, total
        self._began = time.monotonic()
        self._running: dict[str, float] = {}
        self._states: dict[str, int] = {}
        self._lock = threading.Lock()
        # No redirection: a logger that is set up during the run would keep the replaced stderr.
        self._live = Live(
            get_renderable=self._footer,
            console=console,
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()
        states = {**self._states, "interrupted": len(self._running)}
        counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()) if count)
        nothing = "nothing done" if self._total else "no stages to run"
        self._console.print(f"{counts or nothing} in {time.monotonic() - self._began:.1f} s")

    def started(self, stage: str, reason: str) -> None:
        """Show that the commands of a stage start."""
        with self._lock:
            self._running[stage] = time.monotonic()
        self._print(stage, "▸", "yellow", reason)

    def line(self, stage: str, text: str) -> None:
        """Show one or several lines that the commands printed."""
        self._print(stage, "│", "dim", text)

    def ended(self, stage: str, outcome: StageOutcome | None) -> None:
        """Show the outcome of a stage; ``None`` if it failed."""
        with self._lock:
            began = self._running.pop(stage, None)
            state = outcome.state if outcome else "failed"
            self._states[state] = self._states.get(state, 0) + 1
        if outcome is None:
            self._print(stage, "✘", "bold red", "failed")
        elif outcome.state == "ran" and began is not None:
            self._print(stage, "✔", "green", f"{time.monotonic() - began:.1f} s")
        elif outcome.state == "restored":
            self._print(stage, "↷", "cyan", f"restored: {outcome.reason}")

    def _print(self, stage: str, mark: str, style: str, text: str) -> None:
        if self._console.is_terminal:
            self._console.print(_Lines(stage, mark, style, text), crop=False, soft_wrap=True)
        else:  # rich's layout would take most of the time
            head = f"{mark} {visible(stage)} "
            lines = without_escape_sequences(text).replace("\n", f"\n{head}")
            with self._lock:
                self._console.file.write(f"{head}{lines}\n")

    def _footer(self) -> Group:
        now = time.monotonic()
        with self._lock:
            running, done = dict(self._running), sum(self._states.values())
        table = Table.grid(padding=(0, 1))
        for stage, began in list(running.items())[:FOOTER_STAGES]:
            table.add_row(Text("▸", "yellow"), Text(stage, "bold"), Text(f"{now - began:.0f} s", "dim"))
        if len(running) > FOOTER_STAGES:
            table.add_row("", f"and {len(running) - FOOTER_STAGES} more", "")
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(self._total, done, width=40),
            f"{done} of {self._total} stages",
            Text(f"{now - self._began:.0f} s", "dim"),
        )
        return Group(table, bar)


class _Lines:
    """Lines of a stage without rich's layout, which takes minutes for a million lines."""

    def __init__(self, stage: str, mark: str, style: str, text: str) -> None:
        self._heads = ((f"{mark} ", Style.parse(style)), (f"{visible(stage)} ", Style(bold=True)))
        self._text = with_colours_only(text)

    def __rich_console__(self, console: Console, _: object) -> Iterator[Segment]:
        system = ColorSystem.TRUECOLOR if console.color_system else None
        styles = [(text, style.without_color if console.no_color else style) for text, style in self._heads]
        head = "".join(style.render(text, color_system=system) for text, style in styles)
        end = f"{_RESET}\n" if "\x1b" in self._text else "\n"
        lines = f"{head}{self._text.replace(chr(10), f'{end}{head}')}{end}"
        yield Segment(lines, None, [(ControlType.CARRIAGE_RETURN,)])  # a control segment keeps its colours
