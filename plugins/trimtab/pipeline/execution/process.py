"""Run the shell commands of a stage, and end them with all processes they started."""

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

import psutil

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import shell_argv
from trimtab.pipeline.execution.watchdog import watchdog
from trimtab.pipeline.lock import LockItem

log = logging.getLogger(__name__)

GRACE_SECONDS = 10  # between SIGTERM and SIGKILL
POLL_MILLISECONDS = 100  # between two checks whether a command that prints nothing has ended
PIPE_BYTES = 1 << 18  # capacity of the output pipe; a longer line is shown in parts
BACKGROUND_NOTE = "(processes that it left in the background go on; what they print is not shown)"
_running: dict[int, subprocess.Popen[bytes]] = {}  # by process group


class CommandError(StageError):
    """A stage's command ended with an exit code other than 0.

    Attributes:
        exit_code: The exit code of the command; negative if a signal ended it.
        report: Files of the gate's report in DVC's cache, as a lock entry has outputs.
    """

    def __init__(self, command: str, exit_code: int, *, where: str) -> None:
        self.exit_code = exit_code
        self.report: list[LockItem] = []
        super().__init__(
            f"The command ended with exit code {exit_code}{_signal(exit_code)}: {command}",
            where=where,
            fix="read the command's output above",
        )


def _signal(exit_code: int) -> str:
    """Return the name of the signal that ended a command. A shell exits with 128 plus its child's signal."""
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

    The shell is the one that DVC uses. Each command has a process group of its own. The whole group is ended
    if this process is interrupted or killed.

    Args:
        commands: ``cmd`` of ``dvc.yaml``.
        where: The stage, in error messages.
        cwd: The working directory.
        env: The environment.
        show: Called with one or several lines of output at a time. Without it, the commands inherit stdout
            and stderr.

    Raises:
        CommandError: A command ended with an exit code other than 0. The commands after it do not run.
        StageError: A command could not be started.
    """
    for command in commands:
        (show or log.info)(f"> {command}")
        try:
            process = subprocess.Popen(
                **watchdog.popen_arguments(shell_argv(command)),
                cwd=cwd,
                env=dict(env),
                stdout=subprocess.PIPE if show else None,
                stderr=subprocess.STDOUT if show else None,
                bufsize=0,
            )
        except OSError as err:
            raise StageError(f"The command could not be started: {err}", where=where) from err
        exit_code = _wait(process, show)
        if exit_code != 0:
            raise CommandError(command, exit_code, where=where)


@contextlib.contextmanager
def background_command(
    command: Sequence[str], *, where: str, cwd: Path, env: Mapping[str, str], log_file: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command beside the block, and end it with all processes that it started when the block ends.

    It has a process group of its own, which is ended if this process is killed.

    Args:
        command: The program and its arguments; no shell reads them.
        where: What it is for, in the error message.
        cwd: The working directory.
        env: The environment.
        log_file: The file that its output goes to.

    Raises:
        StageError: It could not be started.
    """
    with log_file.open("wb") as output:
        try:
            process = subprocess.Popen(
                **watchdog.popen_arguments(command),
                cwd=cwd,
                env=dict(env),
                stdout=output,
                stderr=subprocess.STDOUT,
                bufsize=0,
            )
        except OSError as err:
            raise StageError(f"The command could not be started: {err}", where=where) from err
    _running[process.pid] = process
    try:
        yield process
    finally:
        _end(_tree(process.pid))
        process.wait()
        del _running[process.pid]
        watchdog.send("-group", process.pid)


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
        watchdog.send("-group", process.pid)


def _read(process: subprocess.Popen[bytes], pipe: int, show: Callable[[str], None]) -> None:
    """Show the output of a command until it has ended. Its background processes may keep the pipe open."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # the user has too many large pipes: it keeps its size
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)  # fewer context switches
    decoder = codecs.getincrementaldecoder(locale.getencoding())("replace")
    lines = io.IncrementalNewlineDecoder(decoder, translate=True)
    ready = select.poll()
    ready.register(pipe, select.POLLIN)
    rest, ended, left = "", False, PIPE_BYTES + 1  # left: bytes that may be from before its end
    while left > 0:
        ended = ended or process.poll() is not None
        if not ready.poll(0 if ended else POLL_MILLISECONDS):
            if ended:
                break
            continue
        chunk = os.read(pipe, PIPE_BYTES)
        text, newline, rest = (rest + lines.decode(chunk, final=not chunk)).rpartition("\n")
        if newline:
            show(text)
        if rest and (not chunk or len(rest) > PIPE_BYTES):
            show(rest)
            rest = ""
        if not chunk:
            return
        left -= len(chunk) if ended else 0
    show(f"{rest}\n{BACKGROUND_NOTE}" if rest else BACKGROUND_NOTE)
    # A reader must remain, or the next line of a background process would end it by SIGPIPE.
    script = "exec 3<&0; cat <&3 > /dev/null 2>&1 &"
    subprocess.run(["/bin/sh", "-c", script], stdin=pipe, start_new_session=True, check=True)


def end_commands() -> None:
    """End all running commands and the processes they started: by SIGTERM, then by SIGKILL."""
    _end([process for pid in list(_running) for process in _tree(pid)])


@contextlib.contextmanager
def exit_on_sigterm() -> Iterator[None]:
    """Exit by an exception on SIGTERM, as on Ctrl-C, so that context managers clean up.

    It does nothing if SIGTERM has a handler already; in a task, it is Airflow's.
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
    """Return the processes of a group, of its leader's session, and the descendants of the leader."""
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
        deadline = time.monotonic() + GRACE_SECONDS
        while (alive := [process for process in alive if _is_alive(process)]) and time.monotonic() < deadline:
            time.sleep(0.02)


def _is_alive(process: psutil.Process) -> bool:
    """Whether a process runs; without reaping it, since the exit code belongs to its parent."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
