"""Airflow's events that telemetry needs: a task begins or ends, a DAG run ends.

Airflow calls these functions in the process of a task, and in the scheduler when a DAG run ends. The
scheduler never waits for a collector.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl

from trimtab import telemetry
from trimtab.airflow.airflow_compat import module_of_task
from trimtab.telemetry import instruments

if TYPE_CHECKING:
    from trimtab.airflow.airflow_compat import DagRun, RuntimeTaskInstance

OWN_MODULE = "trimtab."  # of operators


@hookimpl
def on_task_instance_running(previous_state: object, task_instance: RuntimeTaskInstance) -> None:
    """Name the run that the process of a task works on."""
    if telemetry.is_on():
        telemetry.enter_run(task_instance.dag_id, f"{task_instance.dag_id}/{task_instance.run_id}")


@hookimpl
def before_stopping(component: object) -> None:
    """Deliver what a task has recorded, after Airflow knows its state."""
    telemetry.flush()


@hookimpl
def on_dag_run_success(dag_run: DagRun, msg: str) -> None:
    """Record a run that succeeded."""
    _record_run(dag_run, "success")


@hookimpl
def on_dag_run_failed(dag_run: DagRun, msg: str) -> None:
    """Record a run that failed."""
    _record_run(dag_run, "failed")


def _record_run(dag_run: DagRun, outcome: str) -> None:
    if not telemetry.is_on() or not _has_own_task(dag_run):
        return
    begin, end = dag_run.start_date, dag_run.end_date or datetime.now(UTC)
    if begin is None:
        return
    result = {instruments.OUTCOME: outcome}
    about = {instruments.PIPELINE: dag_run.dag_id, **result}
    telemetry.record(instruments.RUN_DURATION, (end - begin).total_seconds(), about)
    trace: Mapping[str, str] | None = dag_run.context_carrier
    telemetry.add_run_span(
        dag_run.dag_id,
        f"{dag_run.dag_id}/{dag_run.run_id}",
        trace or {},
        result,
        begin=_nanoseconds(begin),
        end=_nanoseconds(end),
    )
    telemetry.flush_in_background()


def _has_own_task(dag_run: DagRun) -> bool:
    """Whether a DAG has a pipeline, or anything else of this library."""
    dag = dag_run.dag
    return bool(dag) and any(module_of_task(task).startswith(OWN_MODULE) for task in dag.tasks)


def _nanoseconds(time: datetime) -> int:
    return int(time.timestamp() * 1e9)
