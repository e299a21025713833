"""The base of operators that talk to MLflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from airflow.sdk import BaseOperator

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

    @property
    def hook(self) -> MlflowHook:
        """The hook of the operator's connection."""
        return MlflowHook(self.mlflow_conn_id)
