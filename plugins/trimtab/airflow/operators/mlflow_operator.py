"""The base of operators that talk to MLflow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from airflow.sdk import BaseOperator

from trimtab.airflow.assets import project_name
from trimtab.airflow.hooks.mlflow_hook import DEFAULT_CONNECTION, MlflowHook


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

    @property
    def hook(self) -> MlflowHook:
        """The hook of the operator's connection."""
        return MlflowHook(self.mlflow_conn_id)
