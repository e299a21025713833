"""The main job: train, gate, register; let the months pass until the model has drifted; retrain; compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from trimtab.errors import ServiceError
from trimtab.local.airflow_api import AirflowApi, Run
from trimtab.local.mlflow_api import MlflowApi
from trimtab.local.run_progress import RunView
from trimtab.local.servers import Stack
from trimtab.local.state_folder import Home
from trimtab.terminal import Console, Text

TRAINING, DRIFT_CHECK = "training", "drift_check"
RUN_TIMEOUT = 1800  # seconds for one DAG run


@dataclass
class Loop:
    """One play of the main job.

    Args:
        stack: The running servers.
        home: Where reports are kept.
        console: Where progress is shown.

    Attributes:
        versions: What was registered, one mapping per training run, first to last.
        verdicts: What each drift check decided.
        pages: Reports kept, readable without a server.
    """

    stack: Stack
    home: Home
    console: Console
    airflow: AirflowApi = field(init=False)
    mlflow: MlflowApi = field(init=False)
    versions: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    pages: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.airflow = AirflowApi(self.stack.airflow_url)
        self.mlflow = MlflowApi(self.stack.mlflow_url)

    def play(self, start: date, end: date) -> None:
        """Train on what had happened by ``start``, then check month after month until one retrains.

        Args:
            start: The first logical date, the first of a month.
            end: The last logical date.

        Raises:
            ServiceError: A DAG run failed; the message names the task and has the end of its log.
        """
        for dag in (TRAINING, DRIFT_CHECK):
            self.airflow.wait_for_dag(dag)
        self._run(TRAINING, f"loop__{start}", start, f"training · the world until {start}")
        for month in months_after(start, end):
            run = self._run(DRIFT_CHECK, f"loop__{month}", month, f"drift_check · the world until {month}")
            self._see_verdict(run)
            if self.verdicts[-1]["asks"]:
                window = self.verdicts[-1]["window"]
                self._watch(TRAINING, f"drift__{window}", f"training · triggered by drift in {window}")
                return

    def _run(self, dag: str, run_id: str, day: date, title: str) -> Run:
        self.airflow.trigger(dag, run_id, logical_date=f"{day}T00:00:00Z", conf={})
        return self._watch(dag, run_id, title)

    def _watch(self, dag: str, run_id: str, title: str) -> Run:
        with RunView(self.console, title) as view:
            run = self.airflow.watch(dag, run_id, view.see, alive=self.stack.check, timeout=RUN_TIMEOUT)
        if run.state != "success":
            raise self._failure(run)
        if dag == TRAINING:
            self._see_version(run)
        return run

    def _see_version(self, run: Run) -> None:
        """Say what was registered and whether it was promoted; keep its reports."""
        registered, promotion = self.airflow.xcom(run, "register"), self.airflow.xcom(run, "promote")
        self.versions.append(
            {**registered, **promotion, "metrics": self.mlflow.metrics(registered["run_id"])}
        )
        metrics = self.versions[-1]["metrics"]
        for gate in sorted(key.removesuffix(".declared") for key in metrics if key.endswith(".declared")):
            held = metrics[f"{gate}.declared"] - metrics[f"{gate}.failed"]
            checks = f" gate {gate}: {held:.0f} of {metrics[f'{gate}.declared']:.0f} checks hold"
            self.console.print(Text.assemble("  ", ("✔", "green"), checks))
        name = f"{registered['name']}-v{registered['version']}"
        self.pages += self.mlflow.save_pages(registered["run_id"], self.home.reports / name)
        version = f"{registered['name']} v{registered['version']}"
        self.console.print(Text.assemble("  ", (version, "bold"), f": {promotion['sentence']}\n"))

    def _see_verdict(self, run: Run) -> None:
        """Say what the drift check decided; keep its report."""
        verdict = {**self.airflow.xcom(run, "measure"), "dag_run": run.id}
        self.verdicts.append(verdict)
        self.pages += self.mlflow.save_pages(
            verdict["run_id"], self.home.reports / f"drift-{verdict['window']}"
        )
        self.console.print(Text.assemble("  ", (verdict["window"], "bold"), f": {verdict['sentence']}\n"))

    def _failure(self, run: Run) -> ServiceError:
        tasks = run.failed_tasks
        log = self.airflow.log(run, tasks[0]) if tasks else "No task failed; the scheduler's log says more."
        return ServiceError(
            f"{run.dag} failed in the task {', '.join(tasks) or '(none)'}, run {run.id}\n\n{log}\n",
            where=f"logs in {self.home.world / 'airflow' / 'logs'}",
            fix="`make up` opens Airflow's and MLflow's pages to look at it",
        )


def months_after(start: date, end: date) -> Iterator[date]:
    """Yield the first day of each month after ``start``, up to ``end``."""
    month = start
    while (month := (month.replace(day=28) + timedelta(days=4)).replace(day=1)) <= end:
        yield month
