"""The contract of DAG files: each imports, and its DAGs and tasks say what the person on call needs.

Each convention has a reason; a rule of taste is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trimtab.contracts.parsed_dags import parse_dags
from trimtab.contracts.problem import Problem
from trimtab.pipeline.graph import DAGS

if TYPE_CHECKING:
    from trimtab.parsed_dag import ParsedDag, ParsedFile, ParsedTask

AIRFLOW_OWNER = "airflow"  # of a task that is given none


def check_dag_file(top: Path, file: Path) -> Iterator[Problem]:
    """Yield what is wrong with a file of ``dags/``.

    Args:
        top: The top of the repository.
        file: The file.
    """
    files = parse_dags(top)
    name, where = file.relative_to(top / DAGS).as_posix(), file.relative_to(top).as_posix()
    if name not in files:
        pytest.skip("an .airflowignore hides it from Airflow")
    parsed = files[name]
    if parsed["error"]:  # an id that another file has is among these errors
        lines = parsed["error"].strip()
        yield Problem(
            f"Airflow cannot import the file: {lines}", where, "correct it; Airflow shows no DAG of it"
        )
        return
    yield from _file_problems(parsed, where)
    for dag in parsed["dags"]:
        yield from _dag_problems(dag, f"{where}: DAG '{dag['dag_id']}'")
        for task in dag["tasks"]:
            yield from _task_problems(task, f"{where}: DAG '{dag['dag_id']}', task '{task['task_id']}'")


def _file_problems(parsed: ParsedFile, where: str) -> Iterator[Problem]:
    if parsed["heavy"]:
        yield Problem(
            f"The file imports {', '.join(parsed['heavy'])} when it is parsed",
            where,
            "import it inside of the task: Airflow parses each file every few seconds",
        )
    if not parsed["dags"]:
        yield Problem("The file defines no DAG", where, "define one, or name the file in an .airflowignore")


def _dag_problems(dag: ParsedDag, where: str) -> Iterator[Problem]:
    if not dag["has_doc"]:
        yield Problem(
            "The DAG has no doc_md", where, "write `doc_md=__doc__`: the UI shows it to who is on call"
        )
    if not dag["tags"]:
        yield Problem("The DAG has no tags", where, "write `tags=[…]`: the UI filters by them")
    if "catchup" not in dag["given"]:
        yield Problem(
            "The DAG does not say whether it catches up",
            where,
            "write `catchup=False`: the default is a setting of the deployment, and may start a run for each "
            "missed date",
        )
    if "max_active_runs" not in dag["given"]:
        yield Problem(
            "The DAG does not say how many runs may be active",
            where,
            "write `max_active_runs=1`, or more if its runs may overlap: the default is a setting of the "
            "deployment",
        )
    if dag["has_schedule"] and not dag["has_start_date"]:
        yield Problem(
            "The DAG has a schedule but no start_date", where, "write `start_date=…`: it never starts"
        )


def _task_problems(task: ParsedTask, where: str) -> Iterator[Problem]:
    if task["owner"] == AIRFLOW_OWNER:
        yield Problem(
            "The task has no owner",
            where,
            "write `owner` in default_args: the UI and alerts name whom to ask",
        )
    if not task["retries"]:
        yield Problem(
            "The task has no retries", where, "write `retries` in default_args: hosts and networks fail"
        )
    if not task["has_timeout"]:
        yield Problem(
            "The task has no execution_timeout",
            where,
            "write it in default_args: a task that hangs keeps its slot, and the next run waits",
        )
    if not task["has_alert"]:
        yield Problem(
            "Nobody is told if the task fails",
            where,
            "write `**alerting()` in default_args, or an on_failure_callback",
        )
