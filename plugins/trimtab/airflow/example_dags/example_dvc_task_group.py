"""A DVC project as a task group, with tasks of your own upstream and downstream."""

from pathlib import Path

from airflow.sdk import DAG, task

from trimtab.airflow import DvcTaskGroup

PROJECT = Path(__file__).resolve().parents[1]

with DAG("example_dvc_task_group", doc_md=__doc__, schedule=None) as dag:

    @task
    def wait_for_source() -> None:
        """Your own check: is the source complete?"""

    @task
    def publish_metrics(record: dict[str, str]) -> str:
        """Your own code: the result of ``record`` is an XCom like any other."""
        return record["commit"]

    pipeline = DvcTaskGroup("pipeline", project=PROJECT)
    wait_for_source() >> pipeline
    publish_metrics(pipeline.record.output)
