"""An MLflow server on restored data, on this machine, for as long as a drill needs it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.pipeline.execution import background_command

HOST = "127.0.0.1"
START_TIMEOUT = 180  # seconds
LOG_LINES = 10  # in an error
QUIET = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}


@contextlib.contextmanager
def restored_server(database: str, artifacts: Path) -> Iterator[str]:
    """Serve a restored database and its artifacts, and yield the address.

    Args:
        database: The address of the database.
        artifacts: The folder of the artifacts. The server's log is beside it.

    Raises:
        RegistryError: The server did not start.
    """
    port = _free_port()
    address, log = f"http://{HOST}:{port}", artifacts.with_name("server.log")
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port), "--workers", "1"),
        *("--artifacts-destination", str(artifacts)),
    ]
    # The address of a database may have a password, so it is no argument: other users see those.
    env = {**os.environ, **QUIET, "MLFLOW_BACKEND_STORE_URI": database}
    with background_command(
        command, where="MLflow on the restored data", cwd=artifacts.parent, env=env, log_file=log
    ) as process:
        _wait(process, address, log)
        yield address


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    import httpx

    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/health", timeout=5).status_code == 200:
                return
        time.sleep(0.2)
    text = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])
    raise RegistryError(f"MLflow did not start on the restored data:\n{text}", where=str(log.parent))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
