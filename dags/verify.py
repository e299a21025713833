"""Every week: could each live model be had again today, from its code, lock, data and artifacts?

Yours to edit. What is lost or altered fails the task and is told to whoever is on call, while there are still
copies to put it back from. ``deep=True`` reads and hashes what the DVC remote has too.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable

from trimtab.airflow import VerifyOperator, alerting

PROJECT = Path(__file__).resolve().parents[1]

with DAG(
    "verify",
    description="code, lock, data and model of every live version → there and unaltered?",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 3 * * 0", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "trimtab",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=6),
        **alerting(),  # to whom: docs/alerts.md
    },
    tags=["trimtab", "recovery"],
) as dag:
    VerifyOperator(task_id="verify", project=PROJECT)
