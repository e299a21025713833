"""The connection to the MLflow server: an outage is noticed in seconds, credentials are in no message."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit, urlunsplit

from trimtab.errors import RegistryError, RegistryOutageError
from trimtab.escaping import without_credentials
from trimtab.outage_limits import MLFLOW_HEALTH_TIMEOUT
from trimtab.registry.tracking.mlflow_client import MlflowClient
from trimtab.registry.tracking.mlflow_compat import CLIENT_SETTINGS, http_status


def require_server() -> str:
    """Return the tracking address, without credentials, after the server has answered.

    Raises:
        RegistryError: ``MLFLOW_TRACKING_URI`` is not set or is no address.
        RegistryOutageError: The server does not answer, or is not healthy.
    """
    address = _tracking_address()
    if address.startswith(("http://", "https://")):
        _require_health(address)
    return without_credentials(address)


@contextmanager
def connection() -> Iterator[MlflowClient]:
    """Yield an ``MlflowClient`` of a server that has answered.

    Raises:
        RegistryError: The server refuses a request made inside the block.
        RegistryOutageError: The server does not answer, now or inside the block.
    """
    shown = require_server()
    for name, value in CLIENT_SETTINGS.items():
        os.environ.setdefault(name, value)
    import mlflow
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    mlflow.set_tracking_uri(_tracking_address())
    try:
        yield mlflow.MlflowClient()
    except (MlflowException, RequestException) as err:
        raise _to_registry_error(err, shown) from err


def _to_registry_error(err: Exception, shown: str) -> RegistryError:
    """Return the error for what the server refused: credentials, permissions, or anything else."""
    status = http_status(err)
    if status == 401:
        given = "MLFLOW_TRACKING_USERNAME" in os.environ or "MLFLOW_TRACKING_TOKEN" in os.environ
        return RegistryError(
            f"MLflow {'does not accept the credentials' if given else 'requires credentials: none are set'}",
            where=shown,
            fix="set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN; in "
            "Airflow, set login and password of its connection. Nothing has been changed",
        )
    if status == 403:
        user = os.environ.get("MLFLOW_TRACKING_USERNAME", "this user")
        return RegistryError(
            f"MLflow does not permit {user} to do this",
            where=shown,
            fix="ask an administrator for MANAGE on the registered model and on the experiments named after "
            "it, or set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD to a user who has it",
        )
    failed = status is None or status >= 500
    return (RegistryOutageError if failed else RegistryError)(
        f"MLflow {'failed during' if failed else 'refused'} a request: {str(err)[:500]}",
        where=shown,
        fix="check the server, then run this again: nothing is registered twice",
    )


def _tracking_address() -> str:
    """Return ``MLFLOW_TRACKING_URI`` without its credentials.

    They are moved to the variables that MLflow's client reads. In the URI they would be part of each message,
    link and stack trace of the client.
    """
    uri = os.environ.get("MLFLOW_TRACKING_URI", "").strip().rstrip("/")
    if not uri:
        raise RegistryError(
            "The address of the MLflow server is not set",
            where="environment: MLFLOW_TRACKING_URI",
            fix="export MLFLOW_TRACKING_URI=http://HOST:PORT; in Airflow, set the connection mlflow_default",
        )
    if "://" not in uri and uri != "databricks":
        raise RegistryError(
            "The address of the MLflow server has no scheme",
            where=f"environment: MLFLOW_TRACKING_URI={uri.rpartition('@')[2]}",
            fix="write it as http://HOST:PORT",
        )
    parts = urlsplit(uri)
    credentials, at, host = parts.netloc.rpartition("@")
    if not at or parts.scheme not in ("http", "https"):
        return uri
    user, _, password = credentials.partition(":")
    os.environ.setdefault("MLFLOW_TRACKING_USERNAME", unquote(user))
    os.environ.setdefault("MLFLOW_TRACKING_PASSWORD", unquote(password))
    return urlunsplit(parts._replace(netloc=host))


def _require_health(address: str) -> None:
    import httpx

    def no_answer(problem: str) -> RegistryOutageError:
        return RegistryOutageError(
            f"The MLflow server does not answer: {problem}",
            where=without_credentials(address),
            fix="start it, or correct MLFLOW_TRACKING_URI, then run this again; nothing has been registered",
        )

    try:
        status = httpx.get(f"{address}/health", timeout=MLFLOW_HEALTH_TIMEOUT).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        raise no_answer(str(err) or type(err).__name__) from err
    if status not in (200, 401):  # 401: a proxy in front requires the credentials of MLflow's client
        raise no_answer(f"/health returned status {status}")
