"""Progress of a run in the terminal and in a log."""

from __future__ import annotations

import contextlib
import io
import logging
import sys

import pytest
from rich.console import Console

from trimtab.pipeline.execution.progress import Progress
from trimtab.pipeline.execution.stage_reproduction import StageOutcome

RAN = StageOutcome("ran", "cmd changed", {})


def shown(total: int, terminal: bool = False) -> tuple[Progress, io.StringIO]:
    out = io.StringIO()
    return Progress(Console(file=out, force_terminal=terminal, color_system=None), total), out


def test_progress_shows_a_line_for_each_stage_and_a_summary():
    progress, out = shown(3)

    with progress:
        progress.started("a", "cmd changed")
        progress.line("a", "[1] of 2")
        progress.ended("a", RAN)
        progress.ended("b", StageOutcome("unchanged", "dvc.lock has it", {}))
        progress.started("c", "forced")
        progress.ended("c", None)

    first, line, done, forced, failed, counts = out.getvalue().splitlines()
    assert (first, line, done[:4]) == ("▸ a cmd changed", "│ a [1] of 2", "✔ a ")
    assert (forced, failed) == ("▸ c forced", "✘ c failed")
    assert counts.startswith("1 failed, 1 ran, 1 unchanged in ")


def test_summary_counts_interrupted_stages():
    progress, out = shown(2)

    with contextlib.suppress(KeyboardInterrupt), progress:
        progress.started("a", "forced")
        raise KeyboardInterrupt

    assert out.getvalue().splitlines()[-1].startswith("1 interrupted in ")


@pytest.mark.parametrize(("total", "said"), [(0, "no stages to run in "), (2, "nothing done in ")])
def test_summary_tells_no_stages_from_no_finished_stages(total, said):
    progress, out = shown(total)

    with progress:
        pass

    assert out.getvalue().startswith(said)


def test_logger_that_is_set_up_during_a_run_keeps_the_real_stderr():
    progress, _ = shown(1, terminal=True)
    stderr = sys.stderr

    with progress:
        handler = logging.StreamHandler()

    assert handler.stream is stderr


@pytest.mark.parametrize("terminal", [False, True])
def test_each_line_of_a_stage_has_its_name(terminal):
    progress, out = shown(1, terminal)

    progress.line("a", "one\n\ntwo")

    assert out.getvalue() == "│ a one\n│ a \n│ a two\n"


def test_terminal_gets_colours_but_no_cursor_movements_of_a_stage():
    progress, out = shown(1, terminal=True)

    progress.line("a", "\x1b[31mred\x1b[2K\x1b]0;title\x07\x1b[3A\x08\x1bc\nplain [bold]")

    assert out.getvalue() == "│ a \x1b[31mred\\u0008\x1b[0m\n│ a plain [bold]\x1b[0m\n"


def test_long_lines_are_not_wrapped():
    progress, out = shown(1, terminal=True)

    progress.line("a", "x" * 1000)

    assert out.getvalue() == f"│ a {'x' * 1000}\n"
