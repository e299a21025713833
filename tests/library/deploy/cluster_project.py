"""A small project for the cluster: a model with its gates, registered, compared and promoted."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.library.e2e.world import run_as_user, write_project
from tests.library.registry.fixtures import PIPELINE, Made
from trimtab.pipeline.git.revision import git

MODEL = "flights"
TRAIN = "    cmd: mkdir -p models && cp made/flights.skops"
EVALUATE = "    cmd: cp made/reference.json models/"
DAG = """\
\"\"\"Train, register, compare, promote.\"\"\"

from datetime import timedelta
from pathlib import Path

from trimtab.airflow import ApproveOperator, CompareOperator, DvcDag, PromoteOperator, RegisterOperator
from trimtab.airflow import retrying

PROJECT = Path(__file__).resolve().parents[1]

with DvcDag(
    "training",
    project=PROJECT,
    max_active_runs=1,
    default_args={"execution_timeout": timedelta(minutes=10), **retrying()},
) as dag:
    register = RegisterOperator(task_id="register", project=PROJECT, record=dag.record, reason="a test")
    compare = CompareOperator(task_id="compare", project=PROJECT, registered_by=register)
    decided_on = {"registered_by": register, "compared_by": compare}
    approve = ApproveOperator(task_id="approve", **decided_on)
    PromoteOperator(task_id="promote", project=PROJECT, approved_by=approve, **decided_on)
"""
# A run of another `c` is another content; one of other `seconds` takes as long.
PARAMS = """\
train:
  c: 0
  seconds: 1
promote:
  metric: roc_auc
  resamples: 100
drift: {min_rows: 100, max_metric_drop: 0.1, max_score_psi: 0.25}
"""
WAIT = "sleep $(sed -n 's/^ *seconds: *//p' params.yaml)\n"
IGNORED = "/models\n/reports\n/made\n/__pycache__\n"


def make_project(folder: Path, template: Made) -> Path:
    """Make the project, committed. Its source files are in git."""
    shutil.copytree(template.root / "made", folder / "made")
    assert TRAIN in PIPELINE
    assert EVALUATE in PIPELINE
    pipeline = PIPELINE.replace(TRAIN, TRAIN.replace("mkdir", "sh wait.sh && mkdir"))
    files = {
        # In a sandbox a stage has only what it depends on.
        "dvc.yaml": pipeline.replace(EVALUATE, EVALUATE.replace("cp", "mkdir -p reports && cp", 1)),
        "params.yaml": PARAMS,
        "wait.sh": WAIT,
        ".gitignore": IGNORED.replace("/made\n", ""),
        "dags/training.py": DAG,
    }
    return write_project(folder, files)


def laptop_lock(project: Path, folder: Path, **train: int) -> str:
    """Return the ``dvc.lock`` that ``dvc repro`` writes in a fresh clone with changed params."""
    git(project, "clone", "--quiet", str(project), str(folder))
    params = (folder / "params.yaml").read_text()
    for name, value in train.items():
        before = next(line for line in PARAMS.splitlines() if line.startswith(f"  {name}:"))
        params = params.replace(before, f"  {name}: {value}")
    (folder / "params.yaml").write_text(params)
    (folder / "wait.sh").chmod(0o644)
    run_as_user(folder, "dvc", "repro", "--quiet")
    lock = (folder / "dvc.lock").read_text()
    shutil.rmtree(folder)
    return lock
