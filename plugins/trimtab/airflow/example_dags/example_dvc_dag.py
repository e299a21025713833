"""A DVC project as a DAG: one task for each stage of ``dvc.yaml``, between ``plan`` and ``record``."""

from datetime import UTC, datetime
from pathlib import Path

from trimtab.airflow import DvcDag, alerting, retrying

PROJECT = Path(__file__).resolve().parents[1]

with DvcDag(
    "example_dvc_dag",
    project=PROJECT,
    doc_md=__doc__,
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    default_args={**retrying(), **alerting()},
) as dag:
    pass
