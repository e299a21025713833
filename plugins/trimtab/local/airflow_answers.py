"""The parts of the answers of Airflow's REST API that the main job reads; other fields are left out."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel


class ImportErrorAnswer(BaseModel):
    """A DAG file that cannot be imported."""

    filename: str
    stack_trace: str


class ImportErrorsAnswer(BaseModel):
    """The answer of ``/importErrors``."""

    import_errors: list[ImportErrorAnswer]


class DagRunAnswer(BaseModel):
    """The answer of ``/dags/…/dagRuns/…``; ``start_date`` is None if the run has not started."""

    state: str
    start_date: datetime | None = None


class DagAnswer(BaseModel):
    """The answer of ``/dags/…/details``; only a plain Airflow DAG has dates of its own."""

    start_date: datetime | None
    end_date: datetime | None
    timetable_description: str | None


class ScheduledRunAnswer(BaseModel):
    """A run that the timetable of a DAG has."""

    logical_date: datetime | None


class ScheduledRunsAnswer(BaseModel):
    """The answer of ``/backfills/dry_run``."""

    backfills: list[ScheduledRunAnswer]


class OperatorAnswer(BaseModel):
    """The operator of a task."""

    class_name: str


class TaskAnswer(BaseModel):
    """A task of a DAG."""

    task_id: str
    class_ref: OperatorAnswer
    downstream_task_ids: list[str]


class TasksAnswer(BaseModel):
    """The answer of ``/dags/…/tasks``."""

    tasks: list[TaskAnswer]


class TaskStateAnswer(BaseModel):
    """A task instance in a list; the state is None if it has none yet.

    The display name of a stage's task is the name of the stage.
    """

    task_id: str
    state: str | None
    task_display_name: str = ""
    hostname: str | None = None


class TaskStatesAnswer(BaseModel):
    """One page of the answer of ``/dags/…/dagRuns/…/taskInstances``."""

    task_instances: list[TaskStateAnswer]
    total_entries: int


class TaskInstanceAnswer(BaseModel):
    """The answer of ``/dags/…/dagRuns/…/taskInstances/…``."""

    try_number: int


class LoggedError(BaseModel):
    """An exception in a log."""

    exc_type: str
    exc_value: str


class LogRow(BaseModel):
    """A row of a task's log, and the exceptions that belong to it."""

    event: str = ""
    error_detail: list[LoggedError] | None = None


class LogAnswer(BaseModel):
    """The answer of ``/dags/…/dagRuns/…/taskInstances/…/logs/…``.

    The rows are texts if Airflow could not parse the log.
    """

    content: list[LogRow] | list[str]
