"""A client for the part of Airflow's REST API that the main job uses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from trimtab.errors import ServiceError
from trimtab.escaping import without_credentials
from trimtab.json_value import JsonDict, JsonValue
from trimtab.local.airflow_answers import (
    DagAnswer,
    DagRunAnswer,
    ImportErrorsAnswer,
    LogAnswer,
    LogRow,
    ScheduledRunsAnswer,
    TaskAnswer,
    TaskInstanceAnswer,
    TasksAnswer,
    TaskStateAnswer,
    TaskStatesAnswer,
)
from trimtab.schedule_bounds import read_bounds

AnswerT = TypeVar("AnswerT", bound=BaseModel)

DONE = {"success", "failed"}
TIMEOUT = 60  # seconds for one answer
POLL = 0.5  # seconds between two requests for a run


@dataclass(frozen=True)
class Run:
    """The state of a DAG run at one moment.

    Attributes:
        dag: The DAG's id.
        id: The run's id.
        state: Airflow's name of the state.
        tasks: Task id to state, upstream tasks first; None if the task has no state yet.
    """

    dag: str
    id: str
    state: str
    tasks: dict[str, str | None]

    @property
    def failed_tasks(self) -> list[str]:
        """The tasks that failed themselves, without those whose upstream task failed."""
        return [task for task, state in self.tasks.items() if state == "failed"]


class AirflowApi:
    """A client of one Airflow.

    Args:
        url: The address of the api-server.
        token: A token of its API; the local servers need none.
    """

    def __init__(self, url: str, *, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=f"{url}/api/v2", timeout=TIMEOUT, headers=headers)
        self._shown_url = without_credentials(url)
        self._orders: dict[str, list[str]] = {}

    def wait_for_dag(
        self, dag: str, timeout: float = 120, *, may_hold_it: Callable[[str], bool] = lambda file: True
    ) -> None:
        """Wait until Airflow has parsed a DAG, and unpause it.

        Args:
            dag: The DAG's id.
            timeout: Seconds.
            may_hold_it: Whether a file, given by its path in the folder of DAGs, may be the one of the DAG.

        Raises:
            ServiceError: A file that may hold it cannot be imported (with Airflow's message), or the time is
                over.
        """
        deadline = time.monotonic() + timeout
        while self.get(f"/dags/{dag}").status_code != 200:
            errors = self._get("/importErrors", ImportErrorsAnswer).import_errors
            for error in (each for each in errors if may_hold_it(each.filename)):
                raise ServiceError(
                    "A DAG file cannot be imported", where=error.filename, fix=error.stack_trace
                )
            if time.monotonic() > deadline:
                raise ServiceError(f"Airflow has no DAG '{dag}' after {timeout:.0f} s", where="dags/")
            time.sleep(POLL)
        self._send("PATCH", f"/dags/{dag}", {"is_paused": False})

    def trigger(
        self, dag: str, run_id: str, *, logical_date: str | None = None, conf: JsonDict | None = None
    ) -> None:
        """Trigger a DAG run.

        Raises:
            ServiceError: Airflow refuses the request; the message says why.
        """
        body: JsonDict = {"dag_run_id": run_id, "logical_date": logical_date, "conf": conf or {}}
        self._send("POST", f"/dags/{dag}/dagRuns", body)

    def dates(self, dag: str) -> tuple[datetime | None, datetime | None]:
        """Return the `start_date` and the `end_date` of a DAG; those of a `DvcDag` bound its timetable."""
        found = self._get(f"/dags/{dag}/details", DagAnswer)
        earliest, latest = read_bounds(found.timetable_description or "")
        return found.start_date or earliest, found.end_date or latest

    def scheduled_dates(self, dag: str, first: datetime, last: datetime) -> list[datetime]:
        """Return the logical dates of a DAG's timetable between two times, without those that have a run.

        Args:
            dag: The DAG's id.
            first: The earliest date.
            last: The latest date.

        Raises:
            ServiceError: The DAG has no schedule, or not a periodic one.
        """
        body: JsonDict = {"dag_id": dag, "from_date": first.isoformat(), "to_date": last.isoformat()}
        runs = self._parsed(
            self._request("POST", "/backfills/dry_run", json=body), ScheduledRunsAnswer
        ).backfills
        return sorted(run.logical_date for run in runs if run.logical_date)

    def run(self, dag: str, run_id: str) -> Run:
        """Return the present state of a run."""
        path = f"/dags/{dag}/dagRuns/{run_id}"
        state = self._get(path, DagRunAnswer).state
        states = {row.task_id: row.state for row in self._task_instances(path)}
        return Run(dag, run_id, state, {task: states.get(task) for task in self._task_order(dag)})

    def task_with(self, dag: str, operator: str) -> str:
        """Return the id of a DAG's task with an operator.

        Args:
            dag: The DAG's id.
            operator: The operator's class name.

        Raises:
            ServiceError: The DAG has no such task.
        """
        for task in self._tasks(dag):
            if task.class_ref.class_name == operator:
                return task.task_id
        raise ServiceError(f"The DAG has no task with {operator}: {dag}", where="its DAG file")

    def watch(
        self, dag: str, run_id: str, see: Callable[[Run], None], *, alive: Callable[[], None], timeout: float
    ) -> Run:
        """Poll a run until it is done, and return its last state.

        Args:
            dag: The DAG's id.
            run_id: The run's id.
            see: Is called with each state.
            alive: Is called after each request; raises if a server has ended.
            timeout: Seconds.

        Raises:
            ServiceError: The run is not done in time.
        """
        deadline = time.monotonic() + timeout
        while True:
            run = self.run(dag, run_id)
            see(run)
            if run.state in DONE:
                return run
            alive()
            if time.monotonic() > deadline:
                raise ServiceError(f"{dag} is still {run.state} after {timeout:.0f} s", where=f"run {run_id}")
            time.sleep(POLL)

    def dag_run(self, dag: str, run_id: str) -> DagRunAnswer | None:
        """Return the state and the start of a run; None if there is no such run."""
        path = f"/dags/{quote(dag, safe='')}/dagRuns/{quote(run_id, safe='')}"
        answer = self.get(path)
        return None if answer.status_code == 404 else self._parsed(answer, DagRunAnswer)

    def task_instances(self, dag: str, run_id: str) -> list[TaskStateAnswer]:
        """Return the task instances of a run."""
        return list(self._task_instances(f"/dags/{quote(dag, safe='')}/dagRuns/{quote(run_id, safe='')}"))

    def get(self, path: str) -> httpx.Response:
        """Return the answer to a request for a path of the API, whatever its status.

        Raises:
            ServiceError: Airflow does not answer.
        """
        return self._request("GET", path)

    def xcom(self, run: Run, task: str) -> JsonValue:
        """Return what a task returned; None if it returned nothing."""
        return self.xcom_of(run.dag, run.id, task, "return_value")

    def xcom_of(self, dag: str, run_id: str, task: str, key: str) -> JsonValue:
        """Return an XCom of a task; None if there is none of that key."""
        names = (quote(name, safe="") for name in (dag, run_id, task, key))
        path = "/dags/{}/dagRuns/{}/taskInstances/{}/xcomEntries/{}".format(*names)
        answer = self._request("GET", path, params={"deserialize": "true"})
        if answer.status_code not in (200, 404):
            _require_success(answer)
        value: JsonValue = answer.json()["value"] if answer.status_code == 200 else None
        return value

    def log(self, run: Run, task: str, lines: int = 40) -> str:
        """Return the end of the log of a task's last try.

        Args:
            run: The run.
            task: The task's id.
            lines: How many lines.
        """
        path = f"/dags/{run.dag}/dagRuns/{run.id}/taskInstances/{task}"
        tries = self._get(path, TaskInstanceAnswer).try_number
        content = self._get(f"{path}/logs/{tries}?full_content=true", LogAnswer).content
        text = [line for row in content for line in _log_lines(row) if not line.startswith("::")]
        return "\n".join(text[-lines:])

    def _task_instances(self, path: str) -> Iterator[TaskStateAnswer]:
        """Yield every task instance of a run; Airflow returns them in pages."""
        seen = 0
        while True:
            page = self._get(f"{path}/taskInstances?offset={seen}", TaskStatesAnswer)
            yield from page.task_instances
            seen += len(page.task_instances)
            if seen >= page.total_entries or not page.task_instances:
                return

    def _task_order(self, dag: str) -> list[str]:
        """Return the ids of a DAG's tasks, upstream tasks first."""
        if dag not in self._orders:
            upstream: dict[str, set[str]] = {}
            for task in self._tasks(dag):
                upstream.setdefault(task.task_id, set())
                for downstream in task.downstream_task_ids:
                    upstream.setdefault(downstream, set()).add(task.task_id)
            self._orders[dag] = list(TopologicalSorter(upstream).static_order())
        return self._orders[dag]

    def _tasks(self, dag: str) -> list[TaskAnswer]:
        return self._get(f"/dags/{dag}/tasks", TasksAnswer).tasks

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: JsonDict | None = None,
    ) -> httpx.Response:
        try:
            return self._http.request(method, path, params=params, json=json)
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            raise ServiceError(
                f"Airflow does not answer: {str(err) or type(err).__name__}",
                where=f"{method} {self._shown_url}{path}",
                fix="see whether its api-server runs and can be reached",
            ) from err

    def _get(self, path: str, model: type[AnswerT]) -> AnswerT:
        return self._parsed(self.get(path), model)

    def _parsed(self, answer: httpx.Response, model: type[AnswerT]) -> AnswerT:
        _require_success(answer)
        try:
            return model.model_validate_json(answer.content)
        except ValidationError as err:
            raise ServiceError(
                f"Airflow's answer is not the expected one: {err}",
                where=f"{answer.request.method} {answer.request.url}",
            ) from err

    def _send(self, method: str, path: str, body: JsonDict) -> None:
        _require_success(self._request(method, path, json=body))


def _require_success(answer: httpx.Response) -> None:
    if answer.is_error:
        raise ServiceError(
            f"Airflow refused the request: {answer.status_code} {answer.text[:500]}",
            where=f"{answer.request.method} {answer.request.url}",
        )


def _log_lines(row: LogRow | str) -> Iterator[str]:
    """Yield the message of a row of a task's log, and the errors that belong to it."""
    if isinstance(row, str):
        yield from row.splitlines()
        return
    yield from row.event.splitlines()
    for error in row.error_detail or []:
        yield from f"{error.exc_type}: {error.exc_value}".splitlines()
