"""A chain of trivial stages in a real Airflow, beside the same chain of ``cp`` written with BashOperators."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any, Self

import httpx
import psutil
from rich.console import Console

from benchmarks.peers import Trimtab
from benchmarks.results import Cell, Row
from benchmarks.shapes import chain
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.servers import LocalServers, running_servers
from trimtab.local.state_folder import StateFolder

DAG_FILE = Path(__file__).with_name("chain_dag.py")
COLUMNS = {"copies": "BashOperator", "stages": "`DvcDag`"}
TIMEOUT = 1800  # seconds for one DAG run; a task of a chain takes one or two


@dataclass(frozen=True)
class ChainRun:
    """What one DAG run of a chain took.

    Attributes:
        step: Seconds from the end of one stage's task to the end of the next one's, on average.
        execute: Seconds of a stage's ``execute``, the middle one.
        task_mb: Memory of the largest process of a stage's task.
        scheduler_mb: Memory of the scheduler when the run was done.
        seconds: Of the whole run.
        ran: The tasks that were not skipped.
    """

    step: float
    execute: float
    task_mb: float
    scheduler_mb: float
    seconds: float
    ran: tuple[str, ...]

    @classmethod
    def read(cls, stack: LocalServers, dag: str, run: str) -> Self:
        """Ask Airflow about a run that is done."""
        path = f"{stack.airflow_url}/api/v2/dags/{dag}/dagRuns/{run}"
        tasks = list(_all_tasks(f"{path}/taskInstances"))
        ran = [task["task_id"] for task in tasks if task["state"] == "success"]
        links = [task for task in ran if task.startswith("link")]
        ends = sorted(_time(task["end_date"]) for task in tasks if task["task_id"] in links)
        figures = [
            _get(f"{path}/taskInstances/{task}/xcomEntries/benchmark?deserialize=true")["value"]
            for task in links
        ]
        whole = _get(path)
        return cls(
            step=mean(later - sooner for sooner, later in pairwise(ends)) if links else 0.0,
            execute=median(figure["seconds"] for figure in figures) if links else 0.0,
            task_mb=max((figure["peak_mb"] for figure in figures), default=0.0),
            scheduler_mb=psutil.Process(stack.servers["airflow-scheduler"].pid).memory_info().rss / 2**20,
            seconds=_time(whole["end_date"]) - _time(whole["start_date"]),
            ran=tuple(ran),
        )


def rows(lengths: tuple[int, int], scratch: Path) -> Iterator[Row]:
    """Run a chain of each length as BashOperators and as stages, and the stages once more."""
    project = scratch / "airflow"
    for length in lengths:
        _write(project, length)
    with StateFolder(project) as home, running_servers(project, home, Console(stderr=True)) as stack:
        for length in lengths:
            runs = {kind: _run(stack, f"{kind}{length}", "cold") for kind in COLUMNS}
            yield from _rows(length, runs)
            again = _run(stack, f"stages{length}", "again")
            cell = Cell(again.seconds, note=f"{', '.join(again.ran)} ran")
            yield Row(
                "airflow", f"chain of {length:,}, nothing to do: the whole run, s", {COLUMNS["stages"]: cell}
            )


def _rows(length: int, runs: dict[str, ChainRun]) -> Iterator[Row]:
    for title, name in (
        ("from a task's end to the next one's, s", "step"),
        ("`execute` of a task, s", "execute"),
        ("the largest task process, MB", "task_mb"),
        ("the scheduler afterwards, MB", "scheduler_mb"),
    ):
        cells = {COLUMNS[kind]: Cell(getattr(run, name)) for kind, run in runs.items()}
        yield Row("airflow", f"chain of {length:,}: {title}", cells)


def _write(project: Path, length: int) -> None:
    (project / "dags").mkdir(parents=True, exist_ok=True)
    for kind in COLUMNS:
        shutil.copy(DAG_FILE, project / "dags" / f"{kind}{length}.py")
        (project / f"{kind}{length}").mkdir()
        Trimtab().prepare(project / f"{kind}{length}", chain(length))


def _run(stack: LocalServers, dag: str, run: str) -> ChainRun:
    api = AirflowApi(stack.airflow_url)
    api.wait_for_dag(dag)
    api.trigger(dag, run)
    done = api.watch(dag, run, lambda seen: None, alive=stack.check, timeout=TIMEOUT)
    if done.state != "success":
        failed = done.failed_tasks
        raise SystemExit(f"{dag} failed in {failed}:\n{api.log(done, failed[0]) if failed else ''}")
    return ChainRun.read(stack, dag, run)


def _all_tasks(url: str) -> Iterator[dict[str, Any]]:
    """Every task of a run: Airflow gives 100 at a time."""
    found, total = 0, 1
    while found < total:
        page = _get(f"{url}?limit=100&offset={found}")
        yield from page["task_instances"]
        found, total = found + len(page["task_instances"]), page["total_entries"]


def _get(url: str) -> Any:
    return httpx.get(url, timeout=60).raise_for_status().json()


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
