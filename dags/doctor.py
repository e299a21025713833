"""Examine a worker: `trimtab doctor --from-worker` triggers this DAG and prints its findings.

Yours to edit. The checks run with the rights, the environment and the disk of a task, where runs fail. Give
the task the ``queue`` or ``executor`` of the workers that are to be examined.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG

from trimtab.airflow import DoctorOperator, alerting

PROJECT = Path(__file__).resolve().parents[1]

with DAG(
    "doctor",
    description="versions, git, cache, remote, MLflow, connections, clock, disk of a worker",
    doc_md=__doc__,
    schedule=None,
    start_date=datetime(2013, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # it is needed in a hurry, and has no schedule
    default_args={
        "owner": "trimtab",
        "retries": 1,  # for a lost worker: what a check finds is not tried again
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(minutes=5),
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "doctor"],
) as dag:
    DoctorOperator(task_id="examine", project=PROJECT)
