"""Restore the newest backup every month into an empty place, and rebuild the champion there.

Yours to edit. The backup location is that of ``TRIMTAB_BACKUP``. How long it took and how old the backup was
is in MLflow, experiment ``<model>-recovery``, and in ``trimtab status``. A drill that fails sends an alert.
What it has to prove is in ``params.yaml``, section ``recovery``.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable

from trimtab.airflow import DrillOperator, alerting

PROJECT = Path(__file__).resolve().parents[2]

with DAG(
    "drill",
    description="newest backup → restore into an empty place → rebuild the champion → times",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 4 1 * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "trimtab",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=6),
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "recovery"],
) as dag:
    DrillOperator(task_id="drill", project=PROJECT)
