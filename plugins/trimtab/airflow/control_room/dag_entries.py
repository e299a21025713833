"""What a DAG is about: projects, models, stages. Read from the serialized DAG, cached by its hash.

Nobody but the DAG's code decides it: an XCom or a tag in MLflow may have been written by anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from trimtab.airflow.airflow_compat import dag_hashes, latest_dag
from trimtab.airflow.hooks.mlflow_hook import DEFAULT_CONNECTION
from trimtab.control_room import dag_cache
from trimtab.json_cache import content_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PLAN, GATE, STAGE = "PlanOperator", "GateOperator", "StageOperator"
REGISTER, ROLL_BACK, VERIFY = "RegisterOperator", "RollBackOperator", "VerifyOperator"
TEMPLATE = "{{"


class TaskEntry(BaseModel):
    """A task.

    Attributes:
        task: Its id.
        type: The name of its operator's class.
        upstream: The tasks directly upstream.
        project: The project of its operator; empty if it has none.
        models: The registered models that its operator is about, as far as the DAG names them.
        connection: The Airflow connection of its MLflow server; empty if it has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    type: str
    upstream: tuple[str, ...] = ()
    project: str = ""
    models: tuple[str, ...] = ()
    connection: str = ""


class DagEntry(BaseModel):
    """A DAG.

    Attributes:
        dag_id: Its id.
        tasks: Its tasks, upstream tasks first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dag_id: str
    tasks: tuple[TaskEntry, ...]

    @property
    def projects(self) -> frozenset[str]:
        """The projects of its tasks."""
        return frozenset(task.project for task in self.tasks if task.project)

    @property
    def plans(self) -> tuple[TaskEntry, ...]:
        """Its plans, one for each pipeline."""
        return tuple(task for task in self.tasks if task.type == PLAN)

    def has(self, operator: str) -> bool:
        """Whether a task has this operator."""
        return any(task.type == operator for task in self.tasks)


def read_entries(session: Session, dag_ids: Collection[str]) -> dict[str, DagEntry]:
    """Return the DAGs that have a task of the library, by id.

    Args:
        session: Of Airflow's database.
        dag_ids: The DAGs to look at: those that the user may see.
    """
    hashes = dag_hashes(session, dag_ids)
    entries = {dag_id: _read_entry(session, dag_id, digest) for dag_id, digest in sorted(hashes.items())}
    return {dag_id: entry for dag_id, entry in entries.items() if entry and entry.projects}


def models_of(entries: Mapping[str, DagEntry], projects: Collection[str]) -> dict[str, str]:
    """Return the models of projects, each with the connection of its MLflow server.

    Args:
        entries: The DAGs that the user may see.
        projects: The projects.
    """
    tasks = [
        task
        for entry in entries.values()
        for task in entry.tasks
        if task.project and task.project in projects
    ]
    connections = {task.project: task.connection for task in tasks if task.connection}
    return {
        model: connections.get(task.project, DEFAULT_CONNECTION) for task in tasks for model in task.models
    }


def _read_entry(session: Session, dag_id: str, digest: str) -> DagEntry | None:
    cache, key = dag_cache(Path.cwd()), content_key(f"{dag_id} {digest}")
    cached = cache.read(key)
    if cached is not None:
        try:
            return DagEntry.model_validate(cached)
        except ValidationError:
            pass  # of another release: it is read again
    dag = latest_dag(session, dag_id)
    if dag is None:
        return None
    upstream = {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}
    order = TopologicalSorter(dict(sorted(upstream.items()))).static_order()
    entry = DagEntry(dag_id=dag_id, tasks=tuple(_to_task(dag.task_dict[task]) for task in order))
    cache.write(key, entry.model_dump_json())
    return entry


def _to_task(task: Any) -> TaskEntry:
    """Read a serialized task: Airflow gives it the attributes that its operator serializes."""
    model, connection = getattr(task, "model", None), getattr(task, "mlflow_conn_id", "") or ""
    models = (*getattr(task, "models", ()), *([model] if isinstance(model, str) else []))
    return TaskEntry(
        task=task.task_id,
        type=task.task_type,
        upstream=tuple(sorted(task.upstream_task_ids)),
        project=getattr(task, "belongs_to", "") or getattr(task, "project_name", "") or "",
        models=tuple(name for name in models if TEMPLATE not in name),
        connection="" if TEMPLATE in connection else connection,
    )
