"""The Airflow of a project: the one that the environment names, or the running local one."""

from __future__ import annotations

import os
from pathlib import Path

import httpx

from trimtab.errors import ServiceError
from trimtab.escaping import without_credentials
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.state_folder import HOST, PORTS, StateFolder

URL, TOKEN = "TRIMTAB_AIRFLOW_URL", "TRIMTAB_AIRFLOW_TOKEN"
USERNAME, PASSWORD = "TRIMTAB_AIRFLOW_USERNAME", "TRIMTAB_AIRFLOW_PASSWORD"
TIMEOUT = 20  # seconds


def airflow_address(project: Path) -> str:
    """Return the address of the project's Airflow; empty if none is named and no local one runs.

    Args:
        project: The project's root.
    """
    named = os.environ.get(URL, "").strip().rstrip("/")
    if named:
        return named
    state = StateFolder(project)
    port = state.last_ports()["airflow"] if (state.path / PORTS).is_file() else 0
    return f"http://{HOST}:{port}" if port and state.is_locked() else ""


def connect_to_airflow(project: Path) -> AirflowApi:
    """Return a client of the project's Airflow, with the credentials of the environment.

    Args:
        project: The project's root.

    Raises:
        ServiceError: No Airflow is named, it does not answer, or it does not accept the credentials.
    """
    url = airflow_address(project)
    if not url:
        raise ServiceError(
            "The address of Airflow is not set, and no local Airflow runs",
            where=f"environment: {URL}",
            fix=f"export {URL}=https://HOST, and {TOKEN}, or {USERNAME} and {PASSWORD}",
        )
    token = os.environ.get(TOKEN, "") if os.environ.get(URL) else ""
    if not token and os.environ.get(URL) and os.environ.get(USERNAME):
        token = _log_in(url)
    api = AirflowApi(url, token=token)
    status = api.get("/version").status_code
    if status != httpx.codes.OK:
        raise _no_answer(url, f"/api/v2/version returned status {status}")
    return api


def _log_in(url: str) -> str:
    """Return a token of Airflow's API for the user and the password of the environment."""
    body = {"username": os.environ[USERNAME], "password": os.environ.get(PASSWORD, "")}
    try:
        answer = httpx.post(f"{url}/auth/token", json=body, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        raise _no_answer(url, str(err) or type(err).__name__) from err
    if answer.is_error:
        raise ServiceError(
            f"Airflow does not accept the credentials: status {answer.status_code}",
            where=without_credentials(url),
            fix=f"correct {USERNAME} and {PASSWORD}, or set {TOKEN}",
        )
    return str(answer.json()["access_token"])


def _no_answer(url: str, problem: str) -> ServiceError:
    return ServiceError(
        f"Airflow does not answer: {problem}",
        where=without_credentials(url),
        fix=f"start its api-server, or correct {URL}",
    )
