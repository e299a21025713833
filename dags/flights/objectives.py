"""Measure every hour whether the objectives of the live model are met, and send an alert if a budget burns.

Yours to edit. The objectives are in the section ``slo`` of ``params.yaml``. A spent error budget freezes
automatic promotion until a person decides: ``trimtab slo unfreeze``.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable

from trimtab.airflow import CheckObjectivesOperator, alerting, retrying

PROJECT = Path(__file__).resolve().parents[2]

with DAG(
    "objectives",
    description="ledger, drift log and scores → error budgets → alert",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 * * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "trimtab",
        **retrying(),
        "execution_timeout": timedelta(minutes=15),
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "objectives"],
) as dag:
    CheckObjectivesOperator(task_id="objectives", project=PROJECT)
