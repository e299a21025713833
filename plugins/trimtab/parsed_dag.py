"""What Airflow has found in a DAG file, as JSON values: who reads it need not import Airflow."""

from __future__ import annotations

from typing import TypedDict


class ParsedTask(TypedDict):
    """What is known of a task."""

    task_id: str
    owner: str
    retries: int
    has_timeout: bool
    has_alert: bool


class ParsedDag(TypedDict):
    """What is known of a DAG.

    Attributes:
        given: The names of the arguments that the file gives the DAG.
    """

    dag_id: str
    tags: list[str]
    has_doc: bool
    has_schedule: bool
    has_start_date: bool
    given: list[str]
    tasks: list[ParsedTask]


class ParsedFile(TypedDict):
    """A DAG file after its parse.

    Attributes:
        error: Airflow's import error; empty if there is none.
        heavy: Packages of those that are slow to import that the file is the first to import.
        dags: Its DAGs.
    """

    error: str
    heavy: list[str]
    dags: list[ParsedDag]
