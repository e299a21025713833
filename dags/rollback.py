"""Go back to an earlier champion: trigger it by hand, say why, and to which version if not the one before.

Yours to edit. The version is loaded and has to answer before anything is switched. What was left does not
come back by a scheduled or drift-triggered training: only a person lets the same content in again.
"""

from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Param

from trimtab.airflow import RollBackOperator, alerting

PROJECT = Path(__file__).resolve().parents[1]

with DAG(
    "rollback",
    description="load an earlier champion → let it answer → switch → ledger",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,  # it is needed in a hurry, and runs only when somebody triggers it
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
            description="Empty: the champion before this one that nobody has rolled back from",
        ),
    },
    default_args={
        "owner": "trimtab",
        "retries": 2,
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(minutes=10),
        **alerting(),  # to whom: docs/alerts.md
    },
    tags=["trimtab", "rollback"],
) as dag:
    RollBackOperator(task_id="roll_back", project=PROJECT)
