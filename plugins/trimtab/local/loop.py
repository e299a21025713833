"""The main job: train, gate, register, check window after window for drift, retrain, compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from trimtab.errors import ServiceError
from trimtab.local.airflow_api import AirflowApi, Run
from trimtab.local.dag_files import DagFolder
from trimtab.local.mlflow_api import MlflowApi
from trimtab.local.run_progress import RunProgress
from trimtab.local.run_results import (
    CheckedWindow,
    DecidedVersion,
    PromotionDecision,
    RegisteredVersion,
    WindowVerdict,
)
from trimtab.local.servers import LocalServers
from trimtab.local.state_folder import StateFolder
from trimtab.pipeline.graph import DAGS
from trimtab.terminal import Console, Text

ResultT = TypeVar("ResultT")
RUN_TIMEOUT = 1800  # seconds for one DAG run
ALL_DAGS = DagFolder(Path(DAGS))


@dataclass(frozen=True)
class LoopDags:
    """The ids of the two DAGs that the main job runs.

    Attributes:
        training: The DAG that trains, registers and promotes.
        drift_check: The DAG that checks a window for drift and triggers the training; None for a pipeline
            without windows, which is only trained.
        folder: The DAG files of their pipeline; all files of ``dags`` without it.
    """

    training: str
    drift_check: str | None
    folder: DagFolder = ALL_DAGS


@dataclass
class Loop:
    """One run of the main job.

    Args:
        servers: The running servers.
        state: The state folder; reports are saved in it, those of a pipeline of `pipelines/` by its name.
        console: Where progress is shown.
        dags: The DAGs to run.

    Attributes:
        versions: The registered versions, one mapping per training run, in order.
        verdicts: The drift verdicts, one mapping per drift check, in order.
        pages: The saved reports, which open without a server.
    """

    servers: LocalServers
    state: StateFolder
    console: Console
    dags: LoopDags
    airflow: AirflowApi = field(init=False)
    mlflow: MlflowApi = field(init=False)
    versions: list[DecidedVersion] = field(default_factory=list)
    verdicts: list[CheckedWindow] = field(default_factory=list)
    pages: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.airflow = AirflowApi(self.servers.airflow_url)
        self.mlflow = MlflowApi(self.servers.mlflow_url)

    @property
    def _reports(self) -> Path:
        return self.state.reports / self.dags.folder.own

    def run(self, start: datetime | None = None, end: datetime | None = None) -> None:
        """Train at the first logical date, then check for drift until a check triggers a retrain.

        The drift check runs at each date of its own timetable after the first one. Without a drift check,
        nothing follows the training.

        Args:
            start: The first logical date, in UTC; by default the `start_date` of the drift check.
            end: The last logical date, in UTC; by default its `end_date`, or now.

        Raises:
            ServiceError: A DAG run failed; the message names the task and has the end of its log. Or the
                drift check has no periodic schedule, or none between the dates, or no `start_date`.
        """
        training, drift_check = self.dags.training, self.dags.drift_check
        for dag in filter(None, (training, drift_check)):
            self.airflow.wait_for_dag(dag, may_hold_it=self.dags.folder.holds)
        start, end = self._dates(start, end)
        if drift_check is None:
            self._trigger(training, start)
            return
        dates = [date for date in self.airflow.scheduled_dates(drift_check, start, end) if date > start]
        if not dates:
            raise ServiceError(
                f"The DAG is never scheduled after {start:%Y-%m-%d} until {end:%Y-%m-%d}: {drift_check}",
                where="its schedule, start_date and end_date",
                fix="choose other dates with --from and --until",
            )
        self._trigger(training, start)
        for date in dates:
            self._report_verdict(self._trigger(drift_check, date))
            if self.verdicts[-1]["asks"]:
                window = self.verdicts[-1]["window"]
                self._watch(training, f"drift__{window}", f"{training} · triggered by drift in {window}")
                return

    def _dates(self, start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
        """Return the first and the last date: those given, or those of the pipeline's own DAG."""
        dag = self.dags.drift_check or self.dags.training
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        first, last = self.airflow.dates(dag)
        begin = start or first or (None if self.dags.drift_check else now)
        if begin is None:
            raise ServiceError(
                f"The DAG has no start_date to begin with: {dag}",
                where="its DAG file",
                fix="write its start_date, or give --from",
            )
        return begin, end or min(last or now, now)

    def _trigger(self, dag: str, date: datetime) -> Run:
        shown = f"{date:%Y-%m-%d}" if date.time() == time.min else f"{date:%Y-%m-%dT%H:%M}"
        run_id = f"loop__{shown}"
        self.airflow.trigger(dag, run_id, logical_date=date.isoformat(), conf={})
        return self._watch(dag, run_id, f"{dag} · the world until {shown}")

    def _watch(self, dag: str, run_id: str, title: str) -> Run:
        with RunProgress(self.console, title) as progress:
            run = self.airflow.watch(
                dag, run_id, progress.update, alive=self.servers.check, timeout=RUN_TIMEOUT
            )
        if run.state != "success":
            raise self._failure(run)
        if dag == self.dags.training:
            self._report_version(run)
        return run

    def _report_version(self, run: Run) -> None:
        """Print the gates, the registered version and the promotion; save the reports of the version."""
        registered = self._result(run, "RegisterOperator", RegisteredVersion)
        promotion = self._result(run, "PromoteOperator", PromotionDecision)
        candidates = [registered, *registered.get("candidates", [])]
        decided = next(each for each in candidates if each["version"] == promotion["version"])
        metrics = self.mlflow.metrics(decided["run_id"])
        self.versions.append(
            {
                **promotion,
                "name": decided["name"],
                "run_id": decided["run_id"],
                "reason": decided["reason"],
            }
        )
        for gate in sorted(key.removesuffix(".declared") for key in metrics if key.endswith(".declared")):
            declared, failed = metrics[f"{gate}.declared"], metrics[f"{gate}.failed"]
            checks = f" gate {gate}: {declared - failed:.0f} of {declared:.0f} checks passed"
            self.console.print(Text.assemble("  ", ("✔", "green"), checks))
        folder = self._reports / f"{decided['name']}-v{decided['version']}"
        self.pages += self.mlflow.save_pages(decided["run_id"], folder)
        version = f"{decided['name']} v{decided['version']}"
        self.console.print(Text.assemble("  ", (version, "bold"), f": {promotion['sentence']}\n"))

    def _report_verdict(self, run: Run) -> None:
        """Print the verdict of a drift check; save its report."""
        verdict = self._result(run, "MeasureDriftOperator", WindowVerdict)
        self.verdicts.append({**verdict, "dag_run": run.id})
        folder = self._reports / f"drift-{verdict['window']}"
        self.pages += self.mlflow.save_pages(verdict["run_id"], folder)
        self.console.print(Text.assemble("  ", (verdict["window"], "bold"), f": {verdict['sentence']}\n"))

    def _result(self, run: Run, operator: str, kind: type[ResultT]) -> ResultT:
        """Return what the task with an operator returned.

        Raises:
            ServiceError: The DAG has no such task, or the task returned nothing or something else.
        """
        task = self.airflow.task_with(run.dag, operator)
        result = self.airflow.xcom(run, task)
        try:
            return TypeAdapter(kind).validate_python(result)
        except ValidationError as err:
            problem = "nothing" if result is None else f"no {kind.__name__}"
            raise ServiceError(
                f"The task returned {problem}: {task}", where=f"{run.dag}, run {run.id}", fix="read its log"
            ) from err

    def _failure(self, run: Run) -> ServiceError:
        tasks = run.failed_tasks
        log = self.airflow.log(run, tasks[0]) if tasks else "No task failed; read the scheduler's log."
        return ServiceError(
            f"{run.dag} failed in the task {', '.join(tasks) or '(none)'}, run {run.id}\n\n{log}\n",
            where=f"logs in {self.state.server_state / 'airflow' / 'logs'}",
            fix="`make up` opens the pages of Airflow and MLflow",
        )
