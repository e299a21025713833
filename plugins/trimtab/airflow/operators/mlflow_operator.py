"""The base of operators that talk to MLflow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from airflow.sdk import BaseOperator, Context

from trimtab.airflow.assets import project_name
from trimtab.airflow.hooks.mlflow_hook import DEFAULT_CONNECTION, MlflowHook, experiment_run_url

MLFLOW_PAGE = "mlflow_page"  # XCom key: the page of MLflow that shows the result of a task


class MlflowOperator(BaseOperator):
    """An operator that talks to MLflow through a :class:`MlflowHook`.

    Args:
        mlflow_conn_id: Id of the Airflow connection of the MLflow server. A template.
        **kwargs: Everything ``BaseOperator`` takes.
    """

    template_fields: ClassVar[Sequence[str]] = ("mlflow_conn_id",)

    def __init__(self, *, mlflow_conn_id: str = DEFAULT_CONNECTION, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.mlflow_conn_id = mlflow_conn_id

    @classmethod
    def get_serialized_fields(cls) -> frozenset[str]:
        """Add the project's name: by it, the control room finds the DAGs of a model.

        It is not ``project_name``, which makes the api-server read reports: that is for gates alone.
        """
        return frozenset({*super().get_serialized_fields(), "belongs_to"})

    @property
    def belongs_to(self) -> str:
        """The name of the operator's project; empty if it has none."""
        project: Path | None = getattr(self, "project", None)
        return project_name(project) if project else ""

    def push_artifact_page(self, context: Context, address: str, run_id: str, path: str = "") -> None:
        """Keep the page of a run, or of one of its artifacts, for the link on the task's page.

        Call it inside a ``tracking_server`` block. It does nothing where MLflow is no server.

        Args:
            context: Airflow's.
            address: The address of the server.
            run_id: The run.
            path: The artifact; the page of the run if not given.
        """
        if address.startswith("http"):
            experiment = self.hook.get_conn().get_run(run_id).info.experiment_id
            page = experiment_run_url(address, experiment, run_id, path)
            context["ti"].xcom_push(key=MLFLOW_PAGE, value=page)

    @property
    def hook(self) -> MlflowHook:
        """The hook of the operator's connection."""
        return MlflowHook(self.mlflow_conn_id)
