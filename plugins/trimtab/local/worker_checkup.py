"""The doctor's checks in an Airflow task: triggered by the REST API, read from its XCom."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from trimtab.doctor import XCOM_KEY, Finding, parse_findings
from trimtab.errors import ServiceError
from trimtab.local.airflow_api import DONE, POLL
from trimtab.local.airflow_server import connect_to_airflow

OPERATOR = "DoctorOperator"


def examine_worker(project: Path, dag: str, *, timeout: float) -> list[Finding]:
    """Run the checks in a task of a worker.

    Args:
        project: The project's root.
        dag: The DAG with a ``DoctorOperator``.
        timeout: Seconds that the run may take.

    Raises:
        ServiceError: Airflow cannot be asked or has no such DAG, or the run is not done in time, which is a
            finding of its own: no worker takes the task.
    """
    api = connect_to_airflow(project)
    task = api.task_with(dag, OPERATOR)
    api.wait_for_dag(dag, timeout=POLL)
    run_id = f"doctor__{datetime.now(UTC):%Y-%m-%dT%H-%M-%S-%f}"
    api.trigger(dag, run_id)
    deadline, where = time.monotonic() + timeout, f"run {dag}/{run_id}"
    while (run := api.run(dag, run_id)).state not in DONE:
        if time.monotonic() > deadline:
            raise ServiceError(
                f"The task is still {run.tasks.get(task)} after {timeout:.0f} s",
                where=where,
                fix="see whether scheduler and workers run, and whether a worker takes the task's queue",
            )
        time.sleep(POLL)
    found = api.xcom_of(dag, run_id, task, XCOM_KEY)
    if found is None:
        raise ServiceError(
            f"The task ended as {run.tasks.get(task)}, without findings:\n{api.log(run, task, lines=10)}",
            where=where,
            fix="correct what the log says",
        )
    return parse_findings(found, where=where)
