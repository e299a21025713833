"""Run a stage's shell command, and end it with everything it started."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Mapping, Sequence
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
    """
    from dvc.stage.run import _make_cmd, get_executable

    for command in commands:
        log.info("> %s", command)
        process = subprocess.Popen(_make_cmd(get_executable(), command), cwd=cwd, env=dict(env))
        try:
            exit_code = process.wait()
        except BaseException:
            end_children(os.getpid())
            raise
        if exit_code != 0:
            raise CommandError(command, exit_code, where=where)


def end_children(pid: int) -> None:
    """End every process below ``pid``: ask first, insist after a grace period."""
    children = psutil.Process(pid).children(recursive=True)
    for child in children:
        _signal(child, "terminate")
    _, alive = psutil.wait_procs(children, timeout=GRACE)
    for child in alive:
        _signal(child, "kill")
    psutil.wait_procs(alive, timeout=GRACE)


def _signal(process: psutil.Process, name: str) -> None:
    try:
        getattr(process, name)()
    except psutil.NoSuchProcess:
        log.debug("Process %s had ended", process.pid)
