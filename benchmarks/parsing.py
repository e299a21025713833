"""What a DAG file costs at parse, beyond importing Airflow: each figure from a process of its own.

``python -m benchmarks.parsing WAY FOLDER`` is such a process; it prints the seconds.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import CommandError, measure
from benchmarks.peers import Dvc, Peer, Snakemake, environment
from benchmarks.results import Cell, Row
from benchmarks.shapes import Shape, fan_out

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3


def rows(sizes: tuple[int, int], peers: list[Peer], scratch: Path) -> Iterator[Row]:
    """Measure the fan-out of each size."""
    for size in sizes:
        shape, folder = fan_out(size), scratch / "parsed"
        cells = {}
        for peer in peers:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            peer.prepare(folder, shape)
            cells.update(_cells(peer, shape, folder))
        yield Row("parse", f"{size:,} stages", cells)


def _cells(peer: Peer, shape: Shape, folder: Path) -> dict[str, Cell]:
    if isinstance(peer, Snakemake):
        command = [*peer.command(jobs=2), "--dry-run", "--quiet"]
        try:
            cell = Cell.of(measure(command, folder, environment(folder)))
        except CommandError as err:
            print(str(err)[-500:], file=sys.stderr)
            cell = Cell(None, "fails")
        return {"`snakemake --dry-run`": cell}
    if type(peer) is Dvc:
        return {"DVC's resolver": Cell(_seconds("resolver", folder))}
    first = Cell(_seconds("dvc_dag", folder))  # there is no cache of the graph yet
    return {
        "`DvcDag`, first time": first,
        "`DvcDag`": Cell(median(_seconds("dvc_dag", folder) for _ in range(ROUNDS))),
        "the same DAG by hand": Cell(median(_seconds("by_hand", folder) for _ in range(ROUNDS))),
    }


def _seconds(way: str, folder: Path) -> float:
    home = {"AIRFLOW_HOME": str(folder.parent / "airflow"), "AIRFLOW__CORE__UNIT_TEST_MODE": "False"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.parsing", way, str(folder)],
        cwd=ROOT,
        env={**environment(folder), **home},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"parsing {folder} as {way} failed:\n{done.stderr[-3000:]}")
    return float(done.stdout.split()[-1])


def dvc_dag(folder: Path) -> float:
    """Seconds to import the library and render the project, in a process that has Airflow already."""
    _airflow()
    began = time.monotonic()
    from trimtab.airflow import DvcDag

    DvcDag("rendered", project=folder)
    return time.monotonic() - began


def by_hand(folder: Path) -> float:
    """Seconds of a DAG of the same tasks and edges that is written with Airflow's own operators."""
    dag, task = _airflow()
    width = len(re.findall(r"^  leaf", (folder / "dvc.yaml").read_text(), re.M))
    shape = fan_out(width)
    began = time.monotonic()
    with dag("by_hand"):
        tasks = {step.out: task(task_id=step.name, bash_command=step.cmd) for step in shape.steps}
        for step in shape.steps:
            for dep in step.deps:
                if dep in tasks:
                    tasks[dep] >> tasks[step.out]
    return time.monotonic() - began


def _airflow() -> tuple[Any, Any]:
    """Import what any DAG file imports."""
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG

    return DAG, BashOperator


def resolver(folder: Path) -> float:
    """Seconds of DVC's own index and graph, in a process that has DVC already."""
    from dvc.repo import Repo

    began = time.monotonic()
    len(Repo(str(folder)).index.graph)
    return time.monotonic() - began


WAYS: dict[str, Callable[[Path], float]] = {"dvc_dag": dvc_dag, "by_hand": by_hand, "resolver": resolver}

if __name__ == "__main__":
    print(WAYS[sys.argv[1]](Path(sys.argv[2])))
