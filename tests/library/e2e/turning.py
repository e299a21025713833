"""A small DVC project in a world that turns round, under the DAG files of this project.

Stages of a second or two stand in for the flights'; Airflow, MLflow and DVC are what they are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from tests.library.e2e.world import ROOT, World, tags, write_project
from trimtab.local.airflow_api import AirflowApi, Run
from trimtab.local.servers import running_servers
from trimtab.local.state_folder import StateFolder

DAGS = ("training", "drift_check")
FILES = {
    ".gitignore": "__pycache__\n/.trimtab\n/data\n/models\n/reports\n",
    "params.yaml": """\
ingest:
  until: "2013-03-01"
  turns: "2014-01"
  corrupt: none
  one_class: none
  empty: none
train:
  breaks: false
drift:
  min_rows: 100
  max_metric_drop: 0.1
  back_off: 2
  max_age: 0
  cooldown: 0
  budget: 12
  label_delay: 0
promote: {resamples: 100}
""",
    "dvc.yaml": """\
stages:
  ingest:
    cmd: python -m turning.ingest data/features
    deps: [turning/ingest.py]
    params: [ingest]
    outs: [data/features]
  validate_features:
    cmd: python -m turning.validate data/features reports/validate_features
    deps: [turning/validate.py, data/features]
    outs: [reports/validate_features]
    meta: {trimtab: {gate: data}}
  train:
    cmd: python -m turning.train data/features models
    deps: [turning/train.py, data/features, reports/validate_features]
    params: [train]
    outs: [models/turning.skops, models/example.parquet, models/reference.json, models/test.parquet]
  validate_model:
    cmd: python -m turning.vouch models/test.parquet reports/validate_model
    deps: [turning/vouch.py, models/test.parquet]
    outs: [reports/validate_model]
    meta: {trimtab: {gate: model}}
artifacts:
  turning: {path: models/turning.skops, type: model, meta: {trusted_types: []}}
  turning-example: {path: models/example.parquet, type: input-example}
  turning-reference: {path: models/reference.json, type: drift-reference}
  turning-test: {path: models/test.parquet, type: test-window, meta: {label: late}}
""",
    "turning/ingest.py": """\
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from trimtab.params_file import load_yaml

params = load_yaml(Path("params.yaml"))["ingest"]
folder = Path(sys.argv[1])
folder.mkdir(parents=True)
for month in pd.period_range("2013-01", "2013-12", freq="M").astype(str):
    if month < params["until"][:7]:
        rng = np.random.default_rng(int(month[5:]))
        x = rng.normal(size=600)
        slope = -2 if month >= params["turns"] else 2
        late = rng.random(600) < 1 / (1 + np.exp(-slope * x))
        x[:5] = np.nan if month == params["corrupt"] else x[:5]
        table = pd.DataFrame({"x": x, "late": late.astype(int) * (month != params["one_class"])})
        table[: 0 if month == params["empty"] else None].to_parquet(folder / f"{month}.parquet")
""",
    "turning/validate.py": """\
import json
import sys
from pathlib import Path

import pandas as pd

bad = [file.stem for file in Path(sys.argv[1]).iterdir() if pd.read_parquet(file)["x"].isna().any()]
report = {"schema": "trimtab.gate-report/1", "gate": "data", "verdict": "fail" if bad else "pass"}
report |= {"declared": 1, "evaluated": 1, "failed": len(bad), "checks": []}
out = Path(sys.argv[2])
out.mkdir(parents=True)
(out / "report.json").write_text(json.dumps(report))
(out / "report.html").write_text(f"<h1>{bad}</h1>")
sys.exit(1 if bad else 0)
""",
    "turning/vouch.py": """\
import json
import sys
from pathlib import Path

report = {"schema": "trimtab.gate-report/1", "gate": "model", "verdict": "pass"}
report |= {"declared": 1, "evaluated": 1, "failed": 0, "checks": []}
out = Path(sys.argv[2])
out.mkdir(parents=True)
(out / "report.json").write_text(json.dumps(report))
(out / "report.html").write_text("<h1>pass</h1>")
""",
    "turning/train.py": """\
import sys
from pathlib import Path

import pandas as pd
import skops.io
from sklearn.linear_model import LogisticRegression

from trimtab.params_file import load_yaml
from trimtab.drift import build_reference

if load_yaml(Path("params.yaml"))["train"]["breaks"]:
    sys.exit("it breaks, as declared")
*_, last, test = (pd.read_parquet(file) for file in sorted(Path(sys.argv[1]).iterdir()))
model = LogisticRegression().fit(last[["x"]], last["late"])
models = Path(sys.argv[2])
models.mkdir(parents=True)
skops.io.dump(model, models / "turning.skops")
test[["x"]].head().to_parquet(models / "example.parquet")
test.to_parquet(models / "test.parquet")
reference = build_reference(test[["x"]], model.predict_proba(test[["x"]])[:, 1], test["late"])
reference.save(models / "reference.json")
""",
    "dags/twins.py": """\
from pathlib import Path

from trimtab.airflow import DvcDag, MeasureDriftOperator, RetrainOperator

PROJECT = Path(__file__).resolve().parents[1]
with DvcDag("twins", project=PROJECT, targets=["validate_features"]) as dag:
    measure = MeasureDriftOperator(
        task_id="measure", project=PROJECT, windows="data/features", training="training"
    )
    dag.record >> measure
    for twin in ("one", "other"):
        measure >> RetrainOperator(task_id=twin, measured_by="measure", trigger_dag_id="training")
""",
}


def make_project(folder: Path, *, retries: int = 0) -> Path:
    """Make the project, committed."""
    files = dict(FILES)
    for dag in DAGS:
        path = f"dags/flights/{dag}.py"
        files[path] = (ROOT / path).read_text().replace("**retrying()", f'"retries": {retries}')
    return write_project(folder, files)


@dataclass
class Year:
    """What was checked, in order, and what a look at Airflow and MLflow showed in between."""

    world: World
    checks: dict[str, Run] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)

    def check(self, day: str, *, dag: str = "drift_check", run_id: str = "", **conf: object) -> Run:
        run = self.world.run(dag, run_id or f"until-{day}", {"ingest.until": day, **conf})
        self.checks[run.id] = run
        return run

    def check_on(self, day: str, **conf: object) -> None:
        """As the schedule and a backfill do: by logical date."""
        run_id = f"on-{day}"
        self.world.airflow.trigger("drift_check", run_id, logical_date=f"{day}T00:00:00Z", conf=conf)
        self.checks[run_id] = self.world.wait("drift_check", run_id)

    def verdict(self, run_id: str) -> dict[str, object]:
        task = self.world.airflow.xcom(self.checks[run_id], "measure")
        return dict(task)

    def trainings(self) -> list[str]:
        """The runs that drift has triggered."""
        runs = self.world.get("/dags/training/dagRuns")["dag_runs"]
        return sorted(run["dag_run_id"] for run in runs if run["dag_run_id"].startswith("drift__"))

    def outcome(self, run_id: str) -> str:
        kept = self.world.mlflow("runs/get", run_id=str(self.verdict(run_id)["run_id"]))["run"]
        return tags(kept["data"])["trimtab.outcome"]


@contextlib.contextmanager
def play(folder: Path) -> Iterator[Year]:
    """Run the servers on a project made there; nothing has happened yet."""
    project = make_project(folder)
    with StateFolder(project) as home, running_servers(project, home, Console(stderr=True)) as stack:
        world = World(project, home, stack, AirflowApi(stack.airflow_url))
        for dag in ("training", "drift_check", "twins"):
            world.airflow.wait_for_dag(dag)
        yield Year(world)
