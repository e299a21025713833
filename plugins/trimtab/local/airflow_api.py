"""The part of Airflow's REST API that the main job uses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import httpx

from trimtab.errors import ServiceError

DONE = {"success", "failed"}
POLL = 0.5  # seconds between two looks at a run


@dataclass(frozen=True)
class Run:
    """A DAG run, as last seen.

    Attributes:
        tasks: Task id to state, in the order of the pipeline; None while nothing has happened.
    """

    dag: str
    id: str
    state: str
    tasks: dict[str, str | None]

    @property
    def failed_tasks(self) -> list[str]:
        """Tasks that failed themselves, not those that could not run because of it."""
        return [task for task, state in self.tasks.items() if state == "failed"]


class AirflowApi:
    """A client of one Airflow.

    Args:
        url: Where Airflow listens.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v2", timeout=60)
        self._orders: dict[str, list[str]] = {}

    def wait_for_dag(self, dag: str, timeout: float = 120) -> None:
        """Wait until a DAG is parsed, and let it run.

        Raises:
            ServiceError: It cannot be imported (with Airflow's message), or is not there in time.
        """
        deadline = time.monotonic() + timeout
        while self._http.get(f"/dags/{dag}").status_code != 200:
            errors = self._get("/importErrors")["import_errors"]
            if errors:
                error = errors[0]
                raise ServiceError(
                    "A DAG file cannot be imported", where=error["filename"], fix=error["stack_trace"]
                )
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"Airflow does not know the DAG '{dag}' after {timeout:.0f} s", where="dags/"
                )
            time.sleep(POLL)
        self._send("PATCH", f"/dags/{dag}", {"is_paused": False})

    def trigger(
        self, dag: str, run_id: str, *, logical_date: str | None = None, conf: dict[str, Any] | None = None
    ) -> None:
        """Start a DAG run.

        Raises:
            ServiceError: Airflow refuses it; the message says why.
        """
        body = {"dag_run_id": run_id, "logical_date": logical_date, "conf": conf or {}}
        self._send("POST", f"/dags/{dag}/dagRuns", body)

    def run(self, dag: str, run_id: str) -> Run:
        """Return a run as it is now."""
        path = f"/dags/{dag}/dagRuns/{run_id}"
        state = self._get(path)["state"]
        states = {row["task_id"]: row["state"] for row in self._tasks(path)}
        return Run(dag, run_id, state, {task: states.get(task) for task in self._order(dag)})

    def _tasks(self, path: str) -> Iterator[dict[str, Any]]:
        """Every task instance of a run; Airflow gives a page at a time."""
        seen = 0
        while True:
            answer = self._get(f"{path}/taskInstances?offset={seen}")
            yield from answer["task_instances"]
            seen += len(answer["task_instances"])
            if seen >= answer["total_entries"] or not answer["task_instances"]:
                return

    def watch(
        self, dag: str, run_id: str, see: Callable[[Run], None], *, alive: Callable[[], None], timeout: float
    ) -> Run:
        """Look at a run until it is done.

        Args:
            dag: The DAG.
            run_id: The run.
            see: Is shown the run each time.
            alive: Raises if a server has died.
            timeout: Seconds.

        Raises:
            ServiceError: It is not done in time.
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

    def xcom(self, run: Run, task: str) -> Any:
        """Return what a task gave; None if it gave nothing."""
        answer = self._http.get(
            f"/dags/{run.dag}/dagRuns/{run.id}/taskInstances/{task}/xcomEntries/return_value",
            params={"deserialize": "true"},
        )
        return answer.json()["value"] if answer.status_code == 200 else None

    def log(self, run: Run, task: str, lines: int = 40) -> str:
        """Return the end of a task's log of its last try."""
        path = f"/dags/{run.dag}/dagRuns/{run.id}/taskInstances/{task}"
        tries = self._get(path)["try_number"]
        content = self._get(f"{path}/logs/{tries}?full_content=true")["content"]
        text = [line for row in content for line in _lines(row) if not line.startswith("::")]
        return "\n".join(text[-lines:])

    def _order(self, dag: str) -> list[str]:
        """Task ids, each after those it waits for."""
        if dag not in self._orders:
            waits: dict[str, set[str]] = {}
            for task in self._get(f"/dags/{dag}/tasks")["tasks"]:
                waits.setdefault(task["task_id"], set())
                for follower in task["downstream_task_ids"]:
                    waits.setdefault(follower, set()).add(task["task_id"])
            self._orders[dag] = list(TopologicalSorter(waits).static_order())
        return self._orders[dag]

    def _get(self, path: str) -> Any:
        return self._checked(self._http.get(path))

    def _send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        return self._checked(self._http.request(method, path, json=body))

    def _checked(self, answer: httpx.Response) -> Any:
        if answer.is_error:
            raise ServiceError(
                f"Airflow refuses: {answer.status_code} {answer.text[:500]}",
                where=f"{answer.request.method} {answer.request.url}",
            )
        return answer.json()


def _lines(row: dict[str, Any]) -> Iterator[str]:
    """What a person reads of a row of a task's log: the message, and the errors that belong to it."""
    yield from str(row.get("event", "")).splitlines()
    for error in row.get("error_detail") or []:
        yield from f"{error['exc_type']}: {error['exc_value']}".splitlines()
