"""Another MLflow server than that of the environment, for a while, with credentials of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from trimtab.registry.tracking.mlflow_client import MlflowClient
from trimtab.registry.tracking.server import connection

URI = "MLFLOW_TRACKING_URI"
# What MLflow's client reads. The credentials of one server are never sent to another.
CLIENT_VARIABLES = (
    URI,
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "MLFLOW_REGISTRY_URI",
)
# Credentials for the other server, by the variable that MLflow's client reads.
TARGET_VARIABLES = {
    "MLFLOW_TRACKING_USERNAME": "TRIMTAB_TARGET_USERNAME",
    "MLFLOW_TRACKING_PASSWORD": "TRIMTAB_TARGET_PASSWORD",
    "MLFLOW_TRACKING_TOKEN": "TRIMTAB_TARGET_TOKEN",
}


@contextmanager
def other_connection(address: str) -> Iterator[MlflowClient]:
    """Yield a client of another server; inside the block, everything of the registry uses that one.

    Args:
        address: Its address, without credentials. They come from ``TRIMTAB_TARGET_USERNAME`` and
            ``TRIMTAB_TARGET_PASSWORD``, or ``TRIMTAB_TARGET_TOKEN``.

    Raises:
        RegistryError: The server refuses a request made inside the block.
        RegistryOutageError: The server does not answer.
    """
    before = {name: os.environ.pop(name) for name in CLIENT_VARIABLES if name in os.environ}
    given = {name: os.environ.get(source, "") for name, source in TARGET_VARIABLES.items()}
    os.environ.update({URI: address, **{name: value for name, value in given.items() if value}})
    import mlflow

    tracked = mlflow.get_tracking_uri() if before else ""
    try:
        with connection() as client:
            yield client
    finally:
        if tracked:
            mlflow.set_tracking_uri(tracked)  # it writes the variable too
        for name in CLIENT_VARIABLES:
            os.environ.pop(name, None)
        os.environ.update(before)
