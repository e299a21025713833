"""Run a stage's shell command, and end it with everything it started."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from trimtab.errors import StageError

log = logging.getLogger(__name__)

GRACE = 10  # seconds between asking a command to end and ending it


class CommandError(StageError):
    """A stage's command ended with another exit code than 0."""

    def __init__(self, command: str, exit_code: int, *, where: str) -> None:
        self.exit_code = exit_code
        super().__init__(
            f"The command ended with exit code {exit_code}: {command}",
            where=where,
            fix="its own output is above",
        )


def run_commands(commands: Sequence[str], *, where: str, cwd: Path, env: Mapping[str, str]) -> None:
    """Run shell commands one after the other, their output going where this process's goes.

    The shell is the one DVC would use. If this process is interrupted, the command is ended with all it
    started.

    Args:
        commands: As in ``cmd`` of ``dvc.yaml``.
        where: The stage, for messages.
        cwd: Where to run.
        env: The whole environment.

    Raises:
        CommandError: A command ended with another exit code than 0; the rest is not run.
        StageError: A command could not be started.
    """
    from dvc.stage.run import _make_cmd, get_executable

    for command in commands:
        log.info("> %s", command)
        try:
            process = subprocess.Popen(_make_cmd(get_executable(), command), cwd=cwd, env=dict(env))
        except OSError as err:
            raise StageError(f"The command could not be started: {err}", where=where) from err
        try:
            exit_code = process.wait()
        except BaseException:
            _end(_tree(process.pid))
            process.wait()
            raise
        if exit_code != 0:
            raise CommandError(command, exit_code, where=where)


def end_children(pid: int) -> None:
    """End every process below ``pid``: ask first, insist after a grace period."""
    _end(_tree(pid)[1:])


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM end this process by an exception, as Ctrl-C does, so that what is open is closed.

    Only where nobody else has a say in that signal; in a task, Airflow has.
    """
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )
    if ours:
        signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _exit(signum: int, _frame: object) -> None:
    raise SystemExit(128 + signum)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _end(processes: Iterable[psutil.Process]) -> None:
    alive = list(processes)
    for method in ("terminate", "kill"):
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                getattr(process, method)()
        deadline = time.monotonic() + GRACE
        while (alive := [process for process in alive if _is_alive(process)]) and time.monotonic() < deadline:
            time.sleep(0.02)


def _is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; asked without reaping it, since its exit code is for whoever started it."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
