"""Measure drift in the month before the logical date, and retrain if the drift policy says so.

Yours to edit. The stages of training ingest and gate the month. The champion scores it, and the drift check
compares it with the champion's reference; months that were missed come first, in order. Data that fails its
gate ends the run and never retrains. The drift policy is in ``params.yaml``. ``training`` is triggered once
for each window, and its outcome is written back to the verdict.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import CronTriggerTimetable

from trimtab.airflow import DvcDag, MeasureDriftOperator, RetrainOperator, alerting, retrying

PROJECT = Path(__file__).resolve().parents[2]

with DvcDag(
    "drift_check",
    project=PROJECT,
    targets=["validate_features"],
    description="next month → data gates → champion scores it → drift → decision → trigger training",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 0 1 * *", timezone="UTC"),
    start_date=datetime(2013, 4, 1, tzinfo=UTC),
    end_date=datetime(2014, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=1),
    # The data end with 2013: a run at a later date, such as the trigger form gives, uses all of them.
    set_params={
        "ingest.until": "{{ [logical_date | ds, '2014-01-01'] | min"
        " if logical_date is defined and logical_date else '' }}"
    },
    default_args={
        "owner": "trimtab",
        **retrying(),
        "execution_timeout": timedelta(minutes=15),
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "drift"],
) as dag:
    measure = MeasureDriftOperator(
        task_id="measure", project=PROJECT, record=dag.record, windows="data/features", training="training"
    )
    RetrainOperator(task_id="retrain", measured_by=measure, trigger_dag_id="training")
