"""Roll back to an earlier champion: trigger it by hand with the reason and, if needed, the version.

Yours to edit. The version must load and answer before it becomes champion. No scheduled or drift-triggered
training promotes the version that was rolled back from: only a person can promote the same content again.
"""

from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Param

from trimtab.airflow import RollBackOperator, alerting, retrying

PROJECT = Path(__file__).resolve().parents[2]

with DAG(
    "rollback",
    description="load an earlier champion → check that it answers → switch → ledger",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,  # it is needed in a hurry, and has no schedule
    max_active_runs=1,
    params={
        "reason": Param(
            type="string", minLength=1, maxLength=1000, title="Reason", description="Kept in the ledger"
        ),
        "to": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            title="Version",
            description="Empty: the champion before this one, except those that were rolled back from",
        ),
    },
    default_args={
        "owner": "trimtab",
        **retrying(),
        "execution_timeout": timedelta(minutes=10),
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "rollback"],
) as dag:
    RollBackOperator(task_id="roll_back", project=PROJECT)
