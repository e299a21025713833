"""Note something in an incident, take the lead, or resolve it: trigger it by hand with the incident's id.

Yours to edit. An incident is resolved only if what failed has passed since, or with a reason by override. The
control room lists the open incidents. From a terminal: ``trimtab incident``.
"""

from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Param

from trimtab.airflow import IncidentOperator, alerting, retrying

PROJECT = Path(__file__).resolve().parents[1]

with DAG(
    "incident",
    description="note, lead or resolution → incident in MLflow",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,  # it is needed in a hurry, and has no schedule
    max_active_runs=8,  # several people may write down what they see
    params={
        "incident": Param(
            type="string", minLength=1, maxLength=100, title="Incident", description="As the alert names it"
        ),
        "action": Param(
            "note", enum=["note", "take the lead", "resolve", "resolve by override"], title="Action"
        ),
        "text": Param(
            "",
            type=["null", "string"],
            maxLength=1500,
            title="Text",
            description="The note; for an override the reason. Kept with the incident",
        ),
    },
    default_args={
        "owner": "trimtab",
        **retrying(),
        "execution_timeout": timedelta(minutes=10),
        **alerting(),  # recipients: docs/alerts.md
    },
    tags=["trimtab", "incident"],
) as dag:
    IncidentOperator(task_id="respond", project=PROJECT)
