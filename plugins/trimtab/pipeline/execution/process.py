"""Run a stage's shell command, and end it with everything it started."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import io
import locale
import logging
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import shell_argv
from trimtab.pipeline.execution.watchdog import watchdog

log = logging.getLogger(__name__)

GRACE = 10  # seconds between asking a command to end and ending it
LOOK = 100  # milliseconds between two looks whether a command that prints nothing has ended
PIPE = 1 << 18  # bytes a pipe may hold at most; also the longest line that is shown whole
_PIPED: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "bufsize": 0}
LEFT = "(processes that it left in the background go on; what they print is not shown)"
_running: dict[int, subprocess.Popen[bytes]] = {}  # by process group


class CommandError(StageError):
    """A stage's command ended with another exit code than 0.

    Attributes:
        exit_code: Of the command; negative if a signal ended it.
        report: What of a gate's report was kept, as an entry has outputs.
    """

    def __init__(self, command: str, exit_code: int, *, where: str) -> None:
        self.exit_code = exit_code
        self.report: list[dict[str, Any]] = []
        super().__init__(
            f"The command ended with exit code {exit_code}{_signal(exit_code)}: {command}",
            where=where,
            fix="its own output is above",
        )


def _signal(exit_code: int) -> str:
    """Its name, if a signal ended the command: a shell tells of its child's signal as 128 and the number."""
    try:
        return f" ({signal.Signals(-exit_code if exit_code < 0 else exit_code - 128).name})"
    except ValueError:
        return ""


def run_commands(
    commands: Sequence[str],
    *,
    where: str,
    cwd: Path,
    env: Mapping[str, str],
    show: Callable[[str], None] | None = None,
) -> None:
    """Run shell commands one after the other.

    The shell is the one DVC would use. Each command is a process group of its own, which is ended whole if
    this process is interrupted, or killed.

    Args:
        commands: As in ``cmd`` of ``dvc.yaml``.
        where: The stage, for messages.
        cwd: Where to run.
        env: The whole environment.
        show: Called with some lines of output at a time, as they come; without it, output goes where this
            process's goes.

    Raises:
        CommandError: A command ended with another exit code than 0; the rest is not run.
        StageError: A command could not be started.
    """
    for command in commands:
        (show or log.info)(f"> {command}")
        try:
            process = subprocess.Popen(
                **watchdog.registered(shell_argv(command)),
                cwd=cwd,
                env=dict(env),
                **(_PIPED if show else {}),
            )
        except OSError as err:
            raise StageError(f"The command could not be started: {err}", where=where) from err
        exit_code = _wait(process, show)
        if exit_code != 0:
            raise CommandError(command, exit_code, where=where)


def _wait(process: subprocess.Popen[bytes], show: Callable[[str], None] | None) -> int:
    _running[process.pid] = process
    try:
        if show and process.stdout:
            with process.stdout:
                _read(process, process.stdout.fileno(), show)
        return process.wait()
    except BaseException:
        _end(_tree(process.pid))
        process.wait()
        raise
    finally:
        del _running[process.pid]
        watchdog.tell("-group", process.pid)


def _read(process: subprocess.Popen[bytes], pipe: int, show: Callable[[str], None]) -> None:
    """Show what a command prints until it has ended, though what it leaves behind may keep the pipe open."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # the user has too many large ones: it holds less
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)  # the two take turns less often
    decoder = codecs.getincrementaldecoder(locale.getencoding())("replace")
    lines = io.IncrementalNewlineDecoder(decoder, translate=True)
    ready = select.poll()
    ready.register(pipe, select.POLLIN)
    rest, ended, left = "", False, PIPE + 1  # bytes that may have been printed before it ended
    while left > 0:
        ended = ended or process.poll() is not None
        if not ready.poll(0 if ended else LOOK):
            if ended:
                break
            continue
        chunk = os.read(pipe, PIPE)
        text, newline, rest = (rest + lines.decode(chunk, final=not chunk)).rpartition("\n")
        if newline:
            show(text)
        if rest and (not chunk or len(rest) > PIPE):
            show(rest)
            rest = ""
        if not chunk:
            return
        left -= len(chunk) if ended else 0
    show(f"{rest}\n{LEFT}" if rest else LEFT)
    # Somebody has to read on, or what was left would be ended by its next line.
    script = "exec 3<&0; cat <&3 > /dev/null 2>&1 &"
    subprocess.run(["/bin/sh", "-c", script], stdin=pipe, start_new_session=True, check=True)


def end_commands() -> None:
    """End every command that runs, with all it started: ask first, insist after a grace period."""
    _end([process for pid in list(_running) for process in _tree(pid)])


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


def _tree(group: int) -> list[psutil.Process]:
    """Every process of a group, of its leader's session, and every one that descends from the leader."""
    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        leader = psutil.Process(group)
        found = {process.pid: process for process in [leader, *leader.children(recursive=True)]}
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group in (os.getpgid(process.pid), os.getsid(process.pid)):
                found[process.pid] = process
    return list(found.values())


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
