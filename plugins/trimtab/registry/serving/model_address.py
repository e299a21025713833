"""Where KServe reads the files of a model: in the store behind MLflow's server."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from trimtab.errors import ConfigError
from trimtab.registry.tracking import ARTIFACTS_VARIABLE, SERVED_ARTIFACTS

READABLE = ("abfs", "azure", "gs", "hdfs", "https", "pvc", "s3", "webhdfs")  # by KServe's storage initializer


def model_address(location: str) -> str:
    """Return the address of a model's files in a store that KServe reads.

    Args:
        location: The address as MLflow has it. One of ``mlflow-artifacts:`` is resolved as the server does
            it, by ``MLFLOW_ARTIFACTS_DESTINATION``.

    Raises:
        ConfigError: The store behind MLflow's server is not known, or KServe cannot read it.
    """
    served = location.startswith(SERVED_ARTIFACTS)
    destination = os.environ.get(ARTIFACTS_VARIABLE, "").rstrip("/")
    if served and not destination:
        raise ConfigError(
            f"KServe cannot read the model through MLflow's server: {location}",
            where=f"environment: {ARTIFACTS_VARIABLE} is not set",
            fix="set it to the server's --artifacts-destination, such as s3://models",
        )
    address = f"{destination}/{urlsplit(location).path.strip('/')}" if served else location
    if urlsplit(address).scheme not in READABLE:
        raise ConfigError(
            f"KServe cannot read the store of the model: {address}",
            where=f"environment: {ARTIFACTS_VARIABLE}" if served else "MLflow: artifact location",
            fix=f"keep MLflow's artifacts in one of: {', '.join(READABLE)}",
        )
    return address
