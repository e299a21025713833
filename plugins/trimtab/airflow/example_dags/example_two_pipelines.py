"""Two pipelines in one DAG: each operator names the record of its own."""

from pathlib import Path

from airflow.sdk import DAG

from trimtab.airflow import DvcTaskGroup, RegisterOperator

PROJECT = Path(__file__).resolve().parents[1]
REASON = "{{ dag_run.run_type.value }}"

with DAG("example_two_pipelines", doc_md=__doc__, schedule=None) as dag:
    small = DvcTaskGroup("small", project=PROJECT, set_params={"train.rows": "1000"})
    large = DvcTaskGroup("large", project=PROJECT, set_params={"train.rows": "100000"})
    small >> large
    for group in (small, large):
        RegisterOperator(
            task_id=f"register_{group.group_id}", project=PROJECT, record=group.record, reason=REASON
        )
