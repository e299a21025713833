"""The doctor's checks that only a task can make: Airflow's settings, and the connections that tasks use."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from trimtab.doctor import Finding
from trimtab.incidents import DOCS_URL, runbook_address

ALERTS = "TRIMTAB_ALERTS"


def check_project(project: Path) -> Iterator[Finding]:
    """Check that the worker has the project with its repository, from which each task makes its sandbox.

    Args:
        project: The project's root, as the DAG file has it.
    """
    if not (project / ".dvc").is_dir():
        yield Finding(
            "project",
            "error",
            f"{project} has no .dvc folder on this worker",
            "give workers the repository as a bundle, and let PROJECT be its folder: docs/deployment.md",
        )
    else:
        yield Finding("project", "ok", f"{project} on {socket.gethostname()}")


def check_connections(connections: Iterable[str] = ()) -> Iterator[Finding]:
    """Check that the connections which tasks use exist. Nothing is sent through them.

    Args:
        connections: More connections than those of ``TRIMTAB_ALERTS``.
    """
    alerts = [name.strip() for name in os.environ.get(ALERTS, "").split(",") if name.strip()]
    for name in dict.fromkeys([*alerts, *connections]):
        try:
            connection = BaseHook.get_connection(name)
        except AirflowNotFoundException:
            yield Finding(
                "Airflow connection",
                "error",
                f"'{name}' does not exist for this task",
                f"`airflow connections add {name}`, or set AIRFLOW_CONN_{name.upper()} for the worker",
            )
            continue
        host = f" to {connection.host}" if connection.host else ""
        yield Finding("Airflow connection", "ok", f"'{name}', {connection.conn_type}{host}")
    if alerts and not runbook_address("task failed").startswith("http"):
        seen = f"{DOCS_URL} is not set: alerts name the path of their runbook, and no address"
        fix = f"set {DOCS_URL} to the address of the docs site, for workers and dag-processor: docs/alerts.md"
        yield Finding("Airflow connection", "warning", seen, fix)
    if not alerts:
        seen = f"{ALERTS} is not set: nobody gets alerts of failed tasks"
        yield Finding("Airflow connection", "warning", seen, f"set {ALERTS} to connections: docs/alerts.md")
