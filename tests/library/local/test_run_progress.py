"""The progress of a DAG run, as lines where there is no terminal."""

from __future__ import annotations

from io import StringIO

from trimtab.local.airflow_api import Run
from trimtab.local.run_progress import RunProgress, show_wait
from trimtab.terminal import Console


def test_each_finished_task_is_printed_once() -> None:
    console = Console(file=StringIO(), width=80)
    with RunProgress(console, "training") as progress:
        progress.update(Run("training", "r", "running", {"plan": "success", "train": "running"}))
        progress.update(Run("training", "r", "failed", {"plan": "success", "train": "failed"}))
    lines = [line.split() for line in console.file.getvalue().splitlines()]
    assert lines == [["training"], ["✔", "plan", "success"], ["✘", "train", "failed"]]


def test_retried_task_is_printed_with_its_last_state() -> None:
    console = Console(file=StringIO(), width=80)
    with RunProgress(console, "training") as progress:
        for state in ("failed", "running", "success"):
            progress.update(Run("training", "r", "running", {"train": state}))
    assert [line.split()[-1] for line in console.file.getvalue().splitlines()[1:]] == ["failed", "success"]


def test_show_wait_prints_the_goal_when_the_context_is_left() -> None:
    console = Console(file=StringIO(), width=80)
    with show_wait(console, "Airflow answers"):
        assert console.file.getvalue() == ""
    assert console.file.getvalue().split() == ["✔", "Airflow", "answers", "0", "s"]
