"""Train on the data until the logical date, gate the model, register it, promote it if it is better.

Yours to edit. The stages and their order come from ``dvc.yaml``; this file has the schedule and the tasks
downstream of the stages. ``promote.policy`` of ``params.yaml`` decides whether a promotion needs an approval.
Scheduled monthly over 2013, the year of the example's data; ``drift_check`` triggers it too.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import CronTriggerTimetable, Param

from trimtab.airflow import (
    ApproveOperator,
    CompareOperator,
    DvcDag,
    PromoteOperator,
    RegisterOperator,
    alerting,
    retrying,
)

PROJECT = Path(__file__).resolve().parents[2]

with DvcDag(
    "training",
    project=PROJECT,
    description="ingest → gates → train → evaluate → gate → register → compare → approve → promote",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 0 1 * *", timezone="UTC"),
    start_date=datetime(2013, 4, 1, tzinfo=UTC),
    end_date=datetime(2014, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    # The run has no timeout, its tasks have: an approval may take `promote.deadline_hours`.
    # A scheduled or backfilled run uses the data until its logical date. The data end with 2013: a run at a
    # later date, such as the trigger form gives, uses all of them.
    set_params={
        "ingest.until": "{{ [logical_date | ds, '2014-01-01'] | min"
        " if logical_date is defined and logical_date else '' }}"
    },
    params={
        "reason": Param(None, type=["null", "string"], title="Reason", description="Why the model is trained")
    },
    default_args={
        "owner": "trimtab",
        **retrying(),
        "execution_timeout": timedelta(minutes=30),
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "training"],
) as dag:
    reason = "{{ params.reason or dag_run.run_type.value }}"
    register = RegisterOperator(task_id="register", project=PROJECT, record=dag.record, reason=reason)
    compare = CompareOperator(task_id="compare", project=PROJECT, registered_by=register)
    decided_on = {"registered_by": register, "compared_by": compare}
    approve = ApproveOperator(task_id="approve", **decided_on)
    PromoteOperator(task_id="promote", project=PROJECT, approved_by=approve, **decided_on)
