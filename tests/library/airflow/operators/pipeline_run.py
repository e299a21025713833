"""A DAG run of a pipeline whose XComs and task states are in memory; the tasks and the stages are real."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow.sdk.exceptions import DownstreamTasksSkipped
from airflow.sdk.execution_time import xcom

from trimtab.airflow import DvcDag


class PipelineRun:
    """Executes the tasks of a ``DvcDag`` as a worker does.

    Args:
        root: The project's root.
        monkeypatch: Replaces the request by which a task writes an XCom of another task.
        arguments: Arguments of ``DvcDag``.
    """

    dag_id, id, max_tries = "d", "try-1", 0

    def __init__(self, root: Path, monkeypatch: Any, **arguments: Any) -> None:
        self.dag = DvcDag(self.dag_id, project=root, **arguments)
        self.xcoms: dict[tuple[str, str], Any] = {}
        self.states: dict[str, str] = {}
        self.skipped: list[str] = []
        self.events: dict[Any, SimpleNamespace] = defaultdict(SimpleNamespace)
        self._task = ""
        monkeypatch.setattr(xcom.XCom, "set", self._push_to_other_task)

    def execute(self, task: str, **params: Any) -> Any:
        """Execute a task; an error is the task's state, and is raised."""
        self._task = task
        context = {
            "ti": self,
            "run_id": "r",
            "params": {name: self.dag.params[name] for name in self.dag.params} | params,
            "dag_run": SimpleNamespace(conf=params),
            "outlet_events": self.events,
        }
        self.states[task] = "failed"
        try:
            result = self.dag.get_task(task).execute(context)
        except DownstreamTasksSkipped as skip:
            result, self.skipped = None, [str(name) for name in skip.tasks]
            self.states |= dict.fromkeys(self.skipped, "skipped")
        self.states[task] = "success"
        if result is not None:
            self.xcom_push(key="return_value", value=result)
        return result

    def xcom_push(self, *, key: str, value: Any) -> None:
        self.xcoms[self._task, key] = value

    def xcom_pull(self, *, task_ids: str, key: str = "return_value", **_: Any) -> Any:
        return self.xcoms.get((task_ids, key))

    def get_task_states(self, *, dag_id: str, task_ids: Any, run_ids: Any) -> dict[str, dict[str, str]]:
        return {"r": dict(self.states)}

    def _push_to_other_task(self, *, key: str, value: Any, task_id: str, **_: Any) -> None:
        self.xcoms[task_id, key] = value
