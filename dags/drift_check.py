"""Look at the month before the logical date with the champion, and retrain if the world has moved.

Yours to edit. The month is ingested and gated by the same stages as for training, scored by the champion and
compared with the champion's own reference; months that were missed are made up first, in order. Data that
fails its gate is an incident: it ends the run and never retrains. If the policy in ``params.yaml`` says so,
``training`` is triggered, once per window, and what becomes of it is written back to the verdict.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import CronTriggerTimetable

from trimtab.airflow import DvcDag, MeasureDriftOperator, RetrainOperator, alerting

PROJECT = Path(__file__).resolve().parents[1]

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
    # The data end with 2013: a run at a later date, such as the trigger form gives, is the last one of them.
    set_params={
        "ingest.until": "{{ [logical_date | ds, '2014-01-01'] | min"
        " if logical_date is defined and logical_date else '' }}"
    },
    default_args={
        "owner": "trimtab",
        "retries": 2,
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(minutes=15),
        **alerting(),  # to whom: docs/alerts.md
    },
    tags=["trimtab", "drift"],
) as dag:
    measure = MeasureDriftOperator(
        task_id="measure", project=PROJECT, windows="data/features", training="training"
    )
    retrain = RetrainOperator(task_id="retrain", measured_by="measure", trigger_dag_id="training")
    dag.record >> measure >> retrain
