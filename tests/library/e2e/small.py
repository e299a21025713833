"""A small DVC project with DAG files of its own: what Airflow does with a pipeline's tasks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.library.e2e.world import World, write_project
from tests.library.receivers import Mailbox
from trimtab.local.airflow_api import Run

FILES = {
    ".gitignore": "*.out\n/dags/__pycache__\n/.trimtab\n",
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
    "gates/judge.sh": """\
[ $1 = unstarted ] && exit 1
[ $1 = killed ] && kill -9 $$
mkdir -p $1.out
printf '{"schema": "trimtab.gate-report/1", "gate": "model", "evaluated": 2,
"verdict": "%s", "declared": 2, "failed": 1, "checks": [{"name": "auc", "passed": false, "severity":
"critical", "expected": {"min": 0.6}, "observed": 0.5, "notes": "See the curve."}]}' $2 > $1.out/report.json
echo "<h1>$1: $2</h1>" > $1.out/report.html
exit $3
""",
    "gates/dvc.yaml": """\
stages:
  judge:
    foreach:
      passes: {verdict: pass, code: 0}
      warns: {verdict: warn, code: 0}
      fails: {verdict: fail, code: 1}
      errs: {verdict: error, code: 3}
      misdeclared: {verdict: none, code: 2}
      unstarted: {verdict: none, code: 1}
      killed: {verdict: none, code: 1}
    do:
      cmd: sh judge.sh ${key} ${item.verdict} ${item.code}
      deps: [judge.sh]
      outs: ["${key}.out"]
      meta: {trimtab: {gate: model}}
  after:
    foreach: [passes, warns, fails, errs, misdeclared, unstarted, killed]
    do:
      cmd: touch after-${item}.out
      deps: ["${item}.out"]
      outs: ["after-${item}.out"]
""",
    "dags/small.py": """\
from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG, task

from trimtab.airflow import DvcDag, DvcTaskGroup, alerting, dvc_asset

PROJECT = Path(__file__).resolve().parents[1]
past = {"start_date": datetime(2013, 1, 1, tzinfo=UTC), "end_date": datetime(2013, 6, 1, tzinfo=UTC)}
small = DvcDag("small", project=PROJECT, targets=["dvc.yaml"], schedule="@monthly", catchup=False, **past)
slow = DvcDag("slow", project=PROJECT, targets=["slow/dvc.yaml"])
patient = {"retries": 1, "retry_delay": timedelta(seconds=1), **alerting()}
gates = DvcDag("gates", project=PROJECT, targets=["gates/dvc.yaml"], default_args=patient)
verdicts = DvcDag(
    "verdicts",
    project=PROJECT,
    targets=["gates/dvc.yaml:judge@warns", "gates/dvc.yaml:judge@fails"],
    default_args=patient,
)
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
    "dags/doctor.py": """\
from pathlib import Path

from airflow.sdk import DAG

from trimtab.airflow import DoctorOperator

with DAG("doctor", is_paused_upon_creation=False) as dag:
    DoctorOperator(task_id="examine", project=Path(__file__).resolve().parents[1])
""",
    "dags/incidents.py": """\
from pathlib import Path

from airflow.sdk import DAG

from trimtab.airflow import IncidentOperator, alerting
from trimtab.airflow.operators.mlflow_operator import MlflowOperator


class Fragile(MlflowOperator):
    def execute(self, context):
        if context["params"]["fails"]:
            raise ValueError("no rows")


with DAG("flaky", params={"fails": True}, default_args=alerting()) as flaky:
    Fragile(task_id="work")
with DAG("cut_off", params={"fails": True}, default_args=alerting()) as cut_off:
    Fragile(task_id="work", mlflow_conn_id="away")
with DAG("incident", params={"incident": "", "action": "note", "text": ""}) as incident:
    IncidentOperator(task_id="respond", project=Path(__file__).resolve().parents[1])
""",
    "dags/broken.py": """\
from airflow.sdk import DAG
from trimtab.airflow import DvcDag

DvcDag("broken", project="/nowhere")
""",
}


@dataclass(frozen=True)
class Told:
    """What whoever is on call has received."""

    box: Mailbox
    posted: list[dict[str, Any]]


GATES = ["passes", "warns", "fails", "errs", "misdeclared", "unstarted", "killed"]
STAGES = ["draw", "each.a", "each.b", "join"]


def make_project(folder: Path) -> Path:
    """Make the project, committed."""
    return write_project(folder, FILES)


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
        if any(f"sleep {3000 + one}" in " ".join(process.info["cmdline"] or ()) for one in (1, 2, 3))
    ]


def sandboxes(world: World) -> list[str]:
    return [folder.name for folder in world.home.sandboxes.iterdir() if folder.name.startswith("trimtab-")]
