"""The cost of scoring a table: the time, and the memory that scoring adds to the process.

The memory is the peak of the resident memory during scoring, less the peak right before it. So the process
should do nothing else, and should have loaded the model and the table. Linux tells the peak of one process as
``VmHWM``. ``ru_maxrss`` would not do: a process that is started inherits it from the one that starts it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
PEAK_OF_MEMORY = "5"  # what is written to the second file to reset the peak: `man proc_pid_clear_refs`


@dataclass(frozen=True, slots=True)
class ScoringCost:
    """What it takes to score a table once.

    Attributes:
        rows: The number of rows.
        seconds: The time.
        megabytes: The memory that scoring adds at its peak, in megabytes of 1,000,000 bytes. It has what the
            model needs on the way, copies of the rows, and the predictions; but not the rows themselves, the
            model and the libraries.
    """

    rows: int
    seconds: float
    megabytes: float


def measure_scoring(
    predict: Callable[[pd.DataFrame], object], rows: pd.DataFrame, times: int = 1
) -> ScoringCost:
    """Measure one scoring of a table, in this process.

    Args:
        predict: Scores rows. It has scored some before, so that nothing is loaded now.
        rows: The table, one row at least.
        times: How many times the table is repeated, before the measurement begins.
    """
    repeated = rows if times == 1 else rows.iloc[np.arange(times * len(rows)) % len(rows)]
    before = _reset_peak()
    start = time.perf_counter()
    predict(repeated)
    seconds = time.perf_counter() - start
    return ScoringCost(len(repeated), seconds, max(0, _peak() - before) / 1e6)


def _reset_peak() -> int:
    """Return the peak of the resident memory, which becomes what is in use now, if the kernel allows it."""
    with suppress(OSError):  # a kernel without this file: what had a higher peak before then counts
        RESET.write_text(PEAK_OF_MEMORY)
    return _peak()


def _peak() -> int:
    """Return the peak of the resident memory of this process, in bytes."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", STATUS.read_text(encoding="ascii", errors="replace"), re.M)
    if not found:
        raise OSError(f"{STATUS} has no VmHWM: the memory of scoring can be measured on Linux only")
    return int(found[1]) * 1024
