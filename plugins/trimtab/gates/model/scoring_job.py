"""Scorings of a table whose cost is measured in a process of their own.

The gate itself cannot measure memory: the peak of its process is that of all its checks.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from trimtab.errors import ModelError
from trimtab.learning import ScoringCost

SHOWN = 300  # characters of the last line that a failed process writes


@dataclass(frozen=True, slots=True)
class ScoringJob:
    """What is scored.

    Attributes:
        model: The model file.
        table: The table.
        features: The columns that the model reads, in order.
        problem_type: The name of the problem type.
        trusted_types: Types that the model file may hold beyond those that skops trusts.
        times: How many times the table is repeated, for each scoring.
    """

    model: str
    table: str
    features: tuple[str, ...]
    problem_type: str
    trusted_types: tuple[str, ...]
    times: tuple[int, ...]


def run_scoring_job(job: ScoringJob) -> dict[int, ScoringCost]:
    """Measure the scorings of a job in one new process.

    Returns:
        The cost of each scoring, by how many times the table is repeated.

    Raises:
        ModelError: The process failed, or was killed.
    """
    done = subprocess.run(
        # -P: nothing is imported from the working directory, unless this process does.
        [sys.executable, "-P", "-m", "trimtab.gates.model.scoring_process"],
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if done.returncode:
        raise _failure(job, done)
    costs = json.loads(done.stdout.rpartition("\n")[2])  # a model may write lines of its own before
    return {times: ScoringCost(**cost) for times, cost in zip(job.times, costs, strict=True)}


def _failure(job: ScoringJob, done: subprocess.CompletedProcess[str]) -> ModelError:
    scorings = " and ".join(f"{times}x" for times in job.times)
    where = f"{Path(job.model).name}, {Path(job.table).name}"
    if done.returncode == -signal.SIGKILL:
        return ModelError(
            f"The process that scores {scorings} rows was killed, probably for lack of memory",
            where=where,
            fix="give it more memory, or test the model on fewer rows",
        )
    last = done.stderr.strip().rpartition("\n")[2][:SHOWN]
    return ModelError(
        f"The process that scores {scorings} rows failed: {last or f'exit code {done.returncode}'}",
        where=where,
        fix="mend the model, or drop the bounds on 1x and 10x rows",
    )
