"""A small DVC project with DAG files of its own: what Airflow does with a pipeline's tasks."""

from __future__ import annotations

from pathlib import Path

import psutil
from world import World, run_as_user

from trimtab.local.airflow_api import Run
from trimtab.pipeline.revision import git

FILES = {
    ".gitignore": "/*.out\n/dags/__pycache__\n/.trimtab\n",
    "params.yaml": "draw:\n  rows: 3\n  word: flight\n",
    "source.txt": "source\n",
    "dvc.yaml": """\
stages:
  draw:
    cmd: "grep rows params.yaml > draw.out; date +%N >> draw.out"
    params: [draw.rows]
    outs: [draw.out]
  each:
    foreach: [a, b]
    do:
      cmd: cat draw.out source.txt > each-${item}.out
      deps: [draw.out, source.txt]
      outs: ["each-${item}.out"]
  join:
    cmd: cat each-a.out each-b.out > join.out
    deps: [each-a.out, each-b.out]
    outs: [join.out]
""",
    "slow/dvc.yaml": """\
stages:
  stubborn:
    cmd: "(trap '' TERM; sleep 3001) & sleep 3002; echo > stubborn.out"
    outs: [stubborn.out]
  hurried:
    cmd: "sleep 3003; echo > hurried.out"
    outs: [hurried.out]
    meta: {airflow: {execution_timeout: 3}}
""",
    "dags/small.py": """\
from pathlib import Path

from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG, task

from trimtab.airflow import DvcDag, DvcTaskGroup, dvc_asset

PROJECT = Path(__file__).resolve().parents[1]
small = DvcDag("small", project=PROJECT, targets=["dvc.yaml"])
slow = DvcDag("slow", project=PROJECT, targets=["slow/dvc.yaml"])
with DAG("groups", params={"go": True}) as groups:
    way = BranchPythonOperator(
        task_id="way", python_callable=lambda params: "one.plan" if params["go"] else []
    )
    one = DvcTaskGroup("one", project=PROJECT, targets=["each"])
    two = DvcTaskGroup("two", project=PROJECT, targets=["dvc.yaml"])
    way >> one >> two
with DAG("consumer", schedule=dvc_asset("small", "join.out")) as consumer:
    @task
    def look(triggering_asset_events=None):
        return [event.extra for events in triggering_asset_events.values() for event in events]

    look()
""",
    "dags/broken.py": """\
from airflow.sdk import DAG
from trimtab.airflow import DvcDag

DvcDag("broken", project="/nowhere")
""",
}
STAGES = ["draw", "each.a", "each.b", "join"]


def make_project(folder: Path) -> Path:
    """Make the project, committed."""
    for path, text in FILES.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    git(folder, "init", "--quiet", "-b", "main")
    git(folder, "config", "user.name", "A User")
    git(folder, "config", "user.email", "user@localhost")
    run_as_user(folder, "dvc", "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "First")
    return folder


def states(run: Run) -> dict[str, str | None]:
    """The states of the stages' tasks."""
    return {stage: run.tasks[stage] for stage in STAGES}


def entry(world: World, run: Run, task: str) -> dict[str, object]:
    """The lock entry that a stage's task gave."""
    found: dict[str, object] = world.airflow.xcom(run, task)["entry"]
    return found


def sleepers() -> list[int]:
    """Process ids of what the slow stages have started."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if any("sleep 300" in part for part in [" ".join(process.info["cmdline"] or ())])
    ]


def sandboxes(world: World) -> list[str]:
    return [folder.name for folder in world.home.sandboxes.iterdir() if folder.name.startswith("trimtab-")]
