"""MLflow's model server, which serves one model while rows are scored by it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pandas as pd

from tests.library.registry.fixtures import free_port


def serve(model: str, rows: pd.DataFrame, folder: Path) -> Any:
    """Return the answer of ``mlflow models serve`` for some rows.

    Args:
        model: The address or the folder of the model.
        rows: The rows.
        folder: For the server's log.
    """
    port, log = free_port(), folder / "serve.log"
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", model]
    command += ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # it starts uvicorn by its name
    with log.open("w") as out:
        process = subprocess.Popen(
            command, env={**os.environ, "PATH": path}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        return _ask(f"http://127.0.0.1:{port}", process, rows, log)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def _ask(url: str, process: subprocess.Popen[bytes], rows: pd.DataFrame, log: Path) -> Any:
    for _ in range(600):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/ping").status_code == 200:
                break
        assert process.poll() is None, log.read_text()
        time.sleep(0.2)
    body = {"dataframe_split": json.loads(rows.to_json(orient="split", double_precision=15))}
    answer = httpx.post(f"{url}/invocations", json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["predictions"]
