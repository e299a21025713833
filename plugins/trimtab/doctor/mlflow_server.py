"""Check MLflow: it answers, its version, and whether this process may write and delete runs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec

from trimtab.doctor.finding import Finding

EXPERIMENT = "trimtab-doctor"
TIMEOUT = 5.0  # seconds
# MLflow's client tries for minutes; a server that does not answer at once is a finding.
CLIENT_SETTINGS = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}


def check_mlflow() -> Iterator[Finding]:
    """Check the server of ``MLFLOW_TRACKING_URI``, with a run in an experiment of the doctor's own.

    Raises:
        RegistryError: It does not answer, does not accept the credentials, or does not permit to write.
    """
    if find_spec("mlflow") is None:
        yield Finding("MLflow", "warning", "the package is not installed", "pip install 'trimtab[registry]'")
        return
    if not os.environ.get("MLFLOW_TRACKING_URI", "").strip():
        yield Finding(
            "MLflow",
            "warning",
            "MLFLOW_TRACKING_URI is not set, so no model can be registered",
            "export MLFLOW_TRACKING_URI=http://HOST:PORT; in Airflow, the connection mlflow_default does too",
        )
        return
    from trimtab.registry.tracking import connection, require_server

    for name, value in CLIENT_SETTINGS.items():
        os.environ.setdefault(name, value)
    address = require_server()
    if address.startswith("http"):
        yield _version(address)
    with connection() as client:
        experiment = client.get_experiment_by_name(EXPERIMENT)
        number = experiment.experiment_id if experiment else client.create_experiment(EXPERIMENT)
        run = client.create_run(number, run_name=f"probe-{secrets.token_hex(4)}")
        try:
            client.log_metric(run.info.run_id, "probe", 1.0)
            client.set_terminated(run.info.run_id)
        finally:
            client.delete_run(run.info.run_id)
    yield Finding("MLflow", "ok", f"{address}: a run can be written and deleted (experiment {EXPERIMENT})")


def _version(address: str) -> Finding:
    """Compare the server's version with the client's: MLflow promises nothing across majors."""
    import httpx

    ours = version("mlflow")
    try:
        answer = httpx.get(f"{address}/version", timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        return Finding("MLflow version", "warning", f"{address} does not tell: {err}", "see the line above")
    theirs = answer.text.strip().strip('"')
    if not answer.is_success or not theirs[:1].isdigit():
        return Finding("MLflow version", "ok", f"client {ours}; the server does not tell its own")
    if theirs.split(".")[:2] == ours.split(".")[:2]:
        return Finding("MLflow version", "ok", f"client {ours}, server {theirs}")
    seen, fix = f"client {ours}, server {theirs}", "run the server with the client's minor version"
    return Finding("MLflow version", "warning", seen, fix)
