"""Verify every week that code, lock, data and artifacts of each live model exist and are unaltered.

Yours to edit. A lost or altered file fails the task and sends an alert, while there are still copies to
restore it from. ``deep=True`` reads and hashes the content of the DVC remote too. ``check_recovery`` fails if
the last recovery drill failed or is too old, or if cache or backup are not where they were then.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable

from trimtab.airflow import CheckRecoveryOperator, VerifyOperator, alerting

PROJECT = Path(__file__).resolve().parents[2]

with DAG(
    "verify",
    description="code, lock, data and model of every live version → verify",
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
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "recovery"],
) as dag:
    VerifyOperator(task_id="verify", project=PROJECT)
    CheckRecoveryOperator(task_id="check_recovery", project=PROJECT)
