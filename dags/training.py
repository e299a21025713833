"""Train on all that had happened by the logical date, gate it, register it, promote it if it is better.

Yours to edit. The stages and their order come from ``dvc.yaml``; this file says when, and what follows them.
Whether a person is asked before a promotion is ``promote.policy`` of ``params.yaml``.
Scheduled monthly over 2013, the year the example's data covers; ``drift_check`` triggers it too.
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
)

PROJECT = Path(__file__).resolve().parents[1]

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
    # Tasks have timeouts; the run has none: a person who is asked has `promote.deadline_hours`.
    # A scheduled or backfilled run sees the world as it was on its logical date.
    # The data end with 2013: a run at a later date, such as the trigger form gives, is the last one of them.
    set_params={
        "ingest.until": "{{ [logical_date | ds, '2014-01-01'] | min"
        " if logical_date is defined and logical_date else '' }}"
    },
    params={
        "reason": Param(None, type=["null", "string"], title="Reason", description="Why; kept with the model")
    },
    default_args={
        "owner": "trimtab",
        "retries": 2,
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(minutes=30),
        **alerting(),  # to whom: docs/alerts.md
    },
    tags=["trimtab", "training"],
) as dag:
    register = RegisterOperator(
        task_id="register", project=PROJECT, reason="{{ params.reason or dag_run.run_type.value }}"
    )
    compare = CompareOperator(task_id="compare", project=PROJECT, registered_by="register")
    decided_on = {"registered_by": "register", "compared_by": "compare"}
    approve = ApproveOperator(task_id="approve", **decided_on)
    promote = PromoteOperator(task_id="promote", project=PROJECT, approved_by="approve", **decided_on)
    dag.record >> register >> compare >> approve >> promote
