"""The checks of a laptop that a worker has no use for: the ports of `trimtab up`, and Airflow's REST API."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from trimtab.doctor import Finding
from trimtab.errors import ServiceError
from trimtab.escaping import without_credentials
from trimtab.local.airflow_server import URL, airflow_address, connect_to_airflow
from trimtab.local.ports import choose_port
from trimtab.local.state_folder import StateFolder

HEALTHY = "healthy"


def check_ports(project: Path) -> Iterator[Finding]:
    """Check the ports of `trimtab up`: those that the environment names, and those of the last start.

    Args:
        project: The project's root.
    """
    state = StateFolder(project)
    last = state.last_ports()
    if state.is_locked():
        yield Finding("ports", "ok", f"`trimtab up` runs, on {', '.join(map(str, last.values()))}")
        return
    for name, port in last.items():
        variable = f"TRIMTAB_{name.upper()}_PORT"
        try:
            free = choose_port(variable, port)
        except ServiceError as err:
            yield Finding("ports", "error", f"{err.what} ({err.where})", err.fix)
            continue
        if port and free != port and variable not in os.environ:
            yield Finding(
                "ports",
                "warning",
                f"another process uses port {port}, the last one of the local {name}: links of earlier runs "
                "to it are dead",
                f"end that process, or set {variable}",
            )
        else:
            yield Finding("ports", "ok", f"{name} can use {free}")


def check_airflow(project: Path) -> Iterator[Finding]:
    """Check Airflow: it answers, accepts the credentials, and its parts and DAG files are well.

    Args:
        project: The project's root.

    Raises:
        ServiceError: It does not answer, or does not accept the credentials.
    """
    address = airflow_address(project)
    if not address:
        yield Finding(
            "Airflow",
            "warning",
            "no local Airflow runs, and no other one is named",
            f"export {URL}=https://HOST to examine one, or start `trimtab up`",
        )
        return
    api = connect_to_airflow(project)
    version = api.get("/version").json().get("version", "?")
    answer = api.get("/importErrors")
    if answer.status_code in (401, 403):
        yield Finding(
            "Airflow",
            "error",
            f"{without_credentials(address)}: version {version}; it does not let this user read DAGs",
            "set TRIMTAB_AIRFLOW_TOKEN, or TRIMTAB_AIRFLOW_USERNAME and TRIMTAB_AIRFLOW_PASSWORD",
        )
        return
    yield Finding("Airflow", "ok", f"{without_credentials(address)}: version {version}")
    health = api.get("/monitor/health").json()
    for part, about in health.items():
        status = (about or {}).get("status")
        if status not in (HEALTHY, None):  # None: a part that is not run, such as the triggerer
            yield Finding(
                "Airflow", "error", f"{part} is {status}", f"start it: `airflow {part.replace('_', '-')}`"
            )
    for error in answer.json().get("import_errors", []):
        lines = str(error.get("stack_trace")).strip().splitlines()
        yield Finding(
            "Airflow",
            "error",
            f"{error.get('filename')} cannot be imported: {lines[-1] if lines else ''}",
            "correct the DAG file: `python` with its path shows the error",
        )
