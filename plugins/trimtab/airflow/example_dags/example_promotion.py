"""Register the model of a run, compare it with the champion, ask for an approval, promote it.

An argument that takes a task sets the upstream edge. ``approve`` is skipped unless ``promote.policy`` of
``params.yaml`` is ``approval``.
"""

from pathlib import Path

from airflow.sdk import Param

from trimtab.airflow import ApproveOperator, CompareOperator, DvcDag, PromoteOperator, RegisterOperator

PROJECT = Path(__file__).resolve().parents[1]

with DvcDag(
    "example_promotion",
    project=PROJECT,
    doc_md=__doc__,
    schedule=None,
    params={"reason": Param("manual", type="string"), "server": Param("mlflow_default", type="string")},
) as dag:
    server = {"mlflow_conn_id": "{{ params.server }}"}
    register = RegisterOperator(
        task_id="register", project=PROJECT, record=dag.record, reason="{{ params.reason }}", **server
    )
    compare = CompareOperator(task_id="compare", project=PROJECT, registered_by=register, **server)
    approve = ApproveOperator(task_id="approve", registered_by=register, compared_by=compare)
    PromoteOperator(
        task_id="promote",
        project=PROJECT,
        registered_by=register,
        compared_by=compare,
        approved_by=approve,
        **server,
    )
