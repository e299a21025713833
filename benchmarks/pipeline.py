"""What Airflow and the sandboxes cost on the example: wall times of the same pipeline, run in four ways.

Each way starts from a copy of the project with an empty cache, one after the other on the same machine, so
the ratios compare like with like. It is the group ``flights`` of ``make benchmark``, and takes five minutes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from benchmarks.results import Cell, Row
from trimtab.local.airflow_api import AirflowApi, Run
from trimtab.local.servers import running_servers
from trimtab.local.state_folder import StateFolder
from trimtab.pipeline.graph import Project

ROOT = Path(__file__).resolve().parents[1]


def copy_of_project(folder: Path) -> Path:
    """Copy what git knows of the project into a repository of its own, without any cache."""
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file() and name != "dvc.lock":
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    for command in (
        ["git", "init", "--quiet"],
        ["git", "add", "--all"],
        [
            "git",
            "-c",
            "user.name=b",
            "-c",
            "user.email=b@localhost",
            "commit",
            "--quiet",
            "--message",
            "copy",
        ],
    ):
        subprocess.run(command, cwd=folder, check=True)
    return folder


def timed(command: str, folder: Path) -> float:
    """Run a shell command with this environment's programs first, and return its seconds."""
    began = time.monotonic()
    path = f"PATH={Path(sys.executable).parent}:$PATH DVC_NO_ANALYTICS=1"
    subprocess.run(f"{path} sh -c '{command}'", shell=True, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def stages_alone(folder: Path) -> float:
    """Seconds of the stages' commands themselves, one after the other."""
    graph = Project(folder).graph()
    total = 0.0
    for stage in graph.stages:
        for out in stage.outs:
            (folder / out.path).parent.mkdir(parents=True, exist_ok=True)
        total += sum(timed(command, folder) for command in stage.cmd)
    return total


def dag_runs(folder: Path, console: Console) -> list[tuple[float, list[str]]]:
    """Run the DAG, and again with nothing changed: seconds up to the record, and the tasks that ran."""
    with StateFolder(folder) as home, running_servers(folder, home, console) as stack:
        api = AirflowApi(stack.airflow_url)
        api.wait_for_dag("training")
        found = []
        for number in (1, 2):
            began = time.monotonic()
            api.trigger("training", f"benchmark-{number}")
            while _state(api.run("training", f"benchmark-{number}")) not in {"success", "failed"}:
                time.sleep(0.1)
            seconds = time.monotonic() - began
            run = api.watch(
                "training", f"benchmark-{number}", lambda run: None, alive=stack.check, timeout=900
            )
            if run.state != "success":
                raise SystemExit(f"{run.id} failed in {run.failed_tasks}")
            found.append((seconds, [task for task, state in run.tasks.items() if state == "success"]))
    return found


def _state(run: Run) -> str | None:
    return "failed" if run.state == "failed" else run.tasks["record"]


def rows(scratch: Path) -> Iterator[Row]:
    """Measure all four."""
    folders = [copy_of_project(scratch / name) for name in ("alone", "repro", "dag")]
    alone = stages_alone(folders[0])
    repro = timed("dvc repro", folders[1])
    nothing = timed("dvc repro", folders[1])
    (first, _), (second, ran) = dag_runs(folders[2], Console(stderr=True))
    for what, seconds, note in (
        ("the stages' commands themselves", alone, ""),
        ("dvc repro", repro, ""),
        ("dvc repro, nothing to do", nothing, ""),
        ("DAG run, plan to record", first, ""),
        ("DAG run, nothing changed", second, f"ran: {', '.join(ran)}"),
    ):
        cells = {
            "seconds": Cell(seconds, note=note),
            "ratio to the commands' own time": Cell(seconds / alone),
        }
        yield Row("flights", what, cells)
