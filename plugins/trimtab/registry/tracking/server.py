"""The way to the MLflow server: quick to notice that it is away, silent about credentials."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from trimtab.errors import RegistryError

HEALTH_TIMEOUT = 5.0  # seconds

# MLflow's own defaults are seven retries of up to two minutes each; what is set already wins.
CLIENT_SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


def require_server() -> str:
    """Return the tracking address, without credentials, once the server behind it has answered.

    Raises:
        RegistryError: ``MLFLOW_TRACKING_URI`` is not set or is no address, or nothing healthy answers there.
    """
    address = _address()
    if address.startswith(("http://", "https://")):
        _ask_health(address)
    return _shown(address)


@contextmanager
def connection() -> Iterator[Any]:
    """Yield an ``MlflowClient`` of a server that is up.

    Raises:
        RegistryError: The server is away, or refuses something asked of it inside the block.
    """
    shown = require_server()
    for name, value in CLIENT_SETTINGS.items():
        os.environ.setdefault(name, value)
    import mlflow
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    mlflow.set_tracking_uri(_address())
    try:
        yield mlflow.MlflowClient()
    except (MlflowException, RequestException) as err:
        raise _refusal(err, shown) from err


def upsert(write: Callable[..., None], *what: str) -> None:
    """Let MLflow write a tag or an alias, which somebody else may be writing for the first time too.

    On PostgreSQL one of the two is refused, whatever they write; what is there already is written over.
    """
    from mlflow.exceptions import MlflowException

    try:
        write(*what)
    except MlflowException as err:
        if err.error_code != "BAD_REQUEST":
            raise
        write(*what)


def _refusal(err: Any, shown: str) -> RegistryError:
    """Say what the server has against it: who is asking, what they may, or anything else."""
    status = _status(err)
    if status == 401:
        given = "MLFLOW_TRACKING_USERNAME" in os.environ or "MLFLOW_TRACKING_TOKEN" in os.environ
        return RegistryError(
            f"MLflow {'does not accept the credentials' if given else 'wants credentials, and has none'}",
            where=shown,
            fix="set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN; in "
            "Airflow, login and password of its connection do too. Nothing has been changed",
        )
    if status == 403:
        user = os.environ.get("MLFLOW_TRACKING_USERNAME", "whoever is asking")
        return RegistryError(
            f"MLflow does not let {user} do this",
            where=shown,
            fix="let an administrator grant MANAGE on the registered model and the experiments named after "
            "it, or set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD to a user who has it",
        )
    return RegistryError(
        f"MLflow did not do what was asked: {str(err)[:500]}",
        where=shown,
        fix="see to the server, then run this again: nothing is registered twice",
    )


def _status(err: Any) -> int | None:
    """Return the HTTP status behind an error of MLflow's client, whichever way it was raised."""
    response = getattr(err, "response", None)
    if response is not None:
        return int(response.status_code)
    status = getattr(err, "get_http_status_code", None)
    return int(status()) if status else None


def _address() -> str:
    """Return ``MLFLOW_TRACKING_URI``, its credentials moved to where MLflow's client looks for them.

    In the URI they would be part of every message, link and stack trace of the client's.
    """
    uri = os.environ.get("MLFLOW_TRACKING_URI", "").strip().rstrip("/")
    if not uri:
        raise RegistryError(
            "No MLflow server is given",
            where="environment: MLFLOW_TRACKING_URI is not set",
            fix="export MLFLOW_TRACKING_URI=http://HOST:PORT or, in Airflow, the connection mlflow_default",
        )
    if "://" not in uri and uri != "databricks":
        raise RegistryError(
            "The MLflow server's address has no scheme",
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


def _shown(address: str) -> str:
    """Return what a message may say of an address: no user, no password, no query."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _ask_health(address: str) -> None:
    import httpx

    def away(problem: str) -> RegistryError:
        return RegistryError(
            f"The MLflow server does not answer: {problem}",
            where=_shown(address),
            fix="start it, or correct MLFLOW_TRACKING_URI, then run this again; nothing has been registered",
        )

    try:
        status = httpx.get(f"{address}/health", timeout=HEALTH_TIMEOUT).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        raise away(str(err) or type(err).__name__) from err
    if status not in (200, 401):  # 401: a proxy in front that wants the credentials MLflow's client sends
        raise away(f"/health gives status {status}")
