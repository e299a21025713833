"""The MLflow server, as Airflow knows it."""

from __future__ import annotations

import os
from urllib.parse import quote

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

CONNECTION = "mlflow_default"


def reach_server() -> str:
    """See to it that the registry finds its server, and that it answers; return its address.

    Where it is, ``MLFLOW_TRACKING_URI`` says; or else the Airflow connection ``mlflow_default``, whose login
    and password then are the credentials of this task's process.

    Raises:
        RegistryError: Neither is given, or the server is away.
    """
    from trimtab.registry import require_server

    if not os.environ.get("MLFLOW_TRACKING_URI", "").strip():
        _take_connection()
    return require_server()


def version_url(address: str, model: str, version: int) -> str:
    """Return the page of a model version; nothing where MLflow is no server."""
    if not address.startswith("http"):
        return ""
    return f"{address}/#/models/{quote(model, safe='')}/versions/{version}"


def _take_connection() -> None:
    try:
        connection = Connection.get(CONNECTION)
    except AirflowNotFoundException:
        return  # what to set, the registry says
    host = connection.host or ""
    scheme = "" if "://" in host else f"{connection.schema or 'http'}://"
    os.environ["MLFLOW_TRACKING_URI"] = f"{scheme}{host}" + (f":{connection.port}" if connection.port else "")
    if connection.login:
        os.environ["MLFLOW_TRACKING_USERNAME"] = connection.login
        os.environ["MLFLOW_TRACKING_PASSWORD"] = connection.password or ""
