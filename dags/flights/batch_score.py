"""Score the upcoming flights with the champion: those of the month that begins on the logical date.

Yours to edit. The code that makes the features of training makes theirs; their labels are not read. The
columns are checked against the champion's signature before anything is scored. The scores are in MLflow,
experiment ``flights-scores``: one run for each month, version and data, so a second run adds nothing. With
``score.shadow`` of ``params.yaml`` the challenger scores the same flights, in a task of its own.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import CronTriggerTimetable

from trimtab.airflow import DvcDag, ScoreOperator, ShadowOperator, alerting, retrying

PROJECT = Path(__file__).resolve().parents[2]

with DvcDag(
    "batch_score",
    project=PROJECT,
    targets=["upcoming"],
    description="upcoming flights → champion scores them → challenger scores them as its shadow",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 0 1 * *", timezone="UTC"),
    start_date=datetime(2013, 4, 1, tzinfo=UTC),
    end_date=datetime(2013, 12, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=1),
    # The data end with 2013: a run at a later date, such as the trigger form gives, uses all of them.
    set_params={
        "ingest.until": "{{ [logical_date | ds, '2013-12-01'] | min"
        " if logical_date is defined and logical_date else '' }}"
    },
    default_args={
        "owner": "trimtab",
        **retrying(),
        "execution_timeout": timedelta(minutes=15),
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "scoring"],
) as dag:
    upcoming = {"project": PROJECT, "record": dag.record, "windows": "data/upcoming"}
    score = ScoreOperator(task_id="score", **upcoming)
    ShadowOperator(task_id="shadow", scored_by=score, **upcoming)
