"""The hook for an MLflow tracking server and model registry."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from mlflow import MlflowClient

DEFAULT_CONNECTION = "mlflow_default"
URI, USERNAME, PASSWORD, TOKEN = (
    f"MLFLOW_TRACKING_{name}" for name in ("URI", "USERNAME", "PASSWORD", "TOKEN")
)


class MlflowHook(BaseHook):
    """Connects to the MLflow server of an Airflow connection.

    | ``mlflow_conn_id`` | ``MLFLOW_TRACKING_URI`` | the server |
    |---|---|---|
    | ``mlflow_default`` | set | that of the environment, with the environment's credentials |
    | ``mlflow_default`` | not set | that of the connection, with its login and password |
    | any other | ignored | that of the connection, with its login and password |

    A connection has host, port, schema (``http`` or ``https``), login and password; the host may be a whole
    URL. Without login the password is a token. The environment's credentials go to the server of a connection
    only if the connection has none and the environment names no server of its own.

    MLflow's client takes address and credentials from environment variables and from nowhere else. This hook
    sets them for the length of one :meth:`tracking_server` block and puts back what was there before. No
    other code of Trimtab's Airflow package writes credentials to the environment.

    Args:
        mlflow_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "mlflow_conn_id"
    default_conn_name = DEFAULT_CONNECTION
    conn_type = "mlflow"
    hook_name = "MLflow"

    def __init__(self, mlflow_conn_id: str = DEFAULT_CONNECTION, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.mlflow_conn_id = mlflow_conn_id

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, list[str] | dict[str, str]]:
        """Return how Airflow's UI shows the fields of a connection."""
        return {
            "hidden_fields": ["extra"],
            "relabeling": {"schema": "Schema (http or https)", "password": "Password or token"},
            "placeholders": {"host": "mlflow.example.com", "port": "5000", "schema": "https"},
        }

    def get_conn(self) -> MlflowClient:
        """Return a client of the server; use it inside a :meth:`tracking_server` block.

        Raises:
            AirflowNotFoundException: There is no connection of that id, and the environment names no server.
        """
        from mlflow import MlflowClient

        uri = self._environment().get(URI) or os.environ.get(URI, "").strip()
        if not uri:
            raise AirflowNotFoundException(f"The conn_id `{self.mlflow_conn_id}` isn't defined")
        return MlflowClient(tracking_uri=uri, registry_uri=uri)

    @contextmanager
    def tracking_server(self) -> Iterator[str]:
        """Yield the address of the server, without credentials; inside the block MLflow's client uses it.

        Raises:
            AirflowNotFoundException: There is no connection of that id, and it is not the default one.
            RegistryError: No server is configured, or the server does not answer.
        """
        from trimtab.registry import require_server

        given = self._environment()
        names = (URI, USERNAME, PASSWORD, TOKEN)
        before = {name: os.environ[name] for name in names if name in os.environ}
        if given.keys() > {URI} or before.get(URI):  # never send the credentials of another server
            for name in names if given else ():
                os.environ.pop(name, None)
        os.environ.update(given)
        try:
            yield require_server()
        finally:
            for name in names:
                os.environ.pop(name, None)
            os.environ.update(before)

    def is_configured(self) -> bool:
        """Whether the environment or a connection names a server.

        Raises:
            AirflowNotFoundException: There is no connection of that id, and it is not the default one.
        """
        return bool(self._environment() or os.environ.get(URI, "").strip())

    def test_connection(self) -> tuple[bool, str]:
        """Return whether the server answers, and what Airflow's UI shows."""
        from trimtab.errors import TrimtabError

        try:
            with self.tracking_server() as address:
                self.get_conn().search_experiments(max_results=1)
        except TrimtabError as err:
            return False, str(err)
        except Exception as err:  # noqa: BLE001  the UI shows it
            return False, f"MLflow refuses: {err}"
        return True, f"MLflow answers at {address}"

    def _environment(self) -> dict[str, str]:
        """Return the variables that MLflow's client needs; none where the environment has them already."""
        is_default = self.mlflow_conn_id == DEFAULT_CONNECTION
        if is_default and os.environ.get(URI, "").strip():
            return {}
        try:
            connection = self.get_connection(self.mlflow_conn_id)
        except AirflowNotFoundException:
            if is_default:
                return {}  # the registry's message says what to set
            raise
        return _variables(connection)


def version_url(address: str, model: str, version: int) -> str:
    """Return the page of a model version; an empty text where MLflow is no server."""
    if not address.startswith("http"):
        return ""
    return f"{address}/#/models/{quote(model, safe='')}/versions/{version}"


def experiment_run_url(address: str, experiment: str, run_id: str, path: str = "") -> str:
    """Return the page of a run, or of one of its artifacts; an empty text where MLflow is no server.

    Args:
        address: The address of the server.
        experiment: The id of the run's experiment.
        run_id: The run.
        path: The artifact.
    """
    if not address.startswith("http"):
        return ""
    page = f"{address}/#/experiments/{quote(experiment, safe='')}/runs/{quote(run_id, safe='')}"
    return f"{page}/artifacts/{quote(path)}" if path else page


def _variables(connection: Connection) -> dict[str, str]:
    host = connection.host or ""
    scheme = "" if "://" in host else f"{connection.schema or 'http'}://"
    variables = {URI: f"{scheme}{host}" + (f":{connection.port}" if connection.port else "")}
    if connection.login:
        return {**variables, USERNAME: connection.login, PASSWORD: connection.password or ""}
    return {**variables, TOKEN: connection.password} if connection.password else variables
