"""The wall time of a command, its memory, and how much of the machine others used meanwhile."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

BUSY = ("user", "nice", "system", "irq", "softirq", "steal")


@dataclass(frozen=True)
class Measurement:
    """What one run of a command took.

    Attributes:
        seconds: Wall time.
        cpu: Processor seconds of the command and all it started.
        peak_mb: Resident memory of the largest of its processes.
        others: Processor seconds of everything else on the machine, per second: over some hundredths, the
            machine was shared and the figure is worth little.
    """

    seconds: float
    cpu: float
    peak_mb: float
    others: float

    @classmethod
    def median(cls, rounds: Iterable[Self]) -> Self:
        """Return the round with the median wall time (the lower one of two)."""
        ordered = sorted(rounds, key=lambda one: one.seconds)
        return ordered[(len(ordered) - 1) // 2]


class CommandError(Exception):
    """A measured command has ended with another exit code than 0."""


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Measurement:
    """Run a command, its output in a log file beside the folder, and measure it.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        environment: All of its environment.

    Raises:
        CommandError: It did not succeed; the message has the end of its output.
    """
    log = folder.with_name(f"{folder.name}.log")
    busy, began = _busy(), time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
    seconds, busy = time.monotonic() - began, _busy() - busy
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandError(f"{' '.join(command)} failed in {folder}:\n{log.read_text()[-3000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return Measurement(
        round(seconds, 3),
        round(cpu, 3),
        round(usage.ru_maxrss / 1024, 1),
        round(max(0.0, busy - cpu) / seconds, 3),
    )


def _busy() -> float:
    times = psutil.cpu_times()
    return sum(getattr(times, kind, 0.0) for kind in BUSY)
