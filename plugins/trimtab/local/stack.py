"""Airflow's scheduler, api-server and dag-processor and an MLflow server, as child processes on 127.0.0.1."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from trimtab.errors import ServiceError
from trimtab.local.environment import HOST, environment
from trimtab.local.home import Home
from trimtab.local.view import waiting
from trimtab.terminal import Console

START_TIMEOUT = 180  # seconds; all servers answer after 20 to 40 on two slow cores
STOP_TIMEOUT = 20


@dataclass
class Stack:
    """The running servers.

    Attributes:
        project: The project's root; its ``dags/`` and ``plugins/`` are Airflow's.
        home: Where state and logs are kept.
        airflow_url: Airflow's UI and API.
        mlflow_url: MLflow's UI and API.
    """

    project: Path
    home: Home
    airflow_url: str
    mlflow_url: str
    servers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, console: Console) -> None:
        """Start every server and wait until all of them answer.

        Args:
            console: Is told what is being waited for.

        Raises:
            ServiceError: A server ended or did not answer in time; the message has the end of its log.
        """
        with waiting(console, "Airflow's database is ready"):
            self._spawn("mlflow", *_mlflow_command(self.home.world / "mlflow", self.mlflow_url))
            self._migrate()
        with waiting(console, "Airflow and MLflow answer"):
            self._start_airflow()
            self._wait("mlflow", f"{self.mlflow_url}/health", lambda answer: answer.status_code == 200)
            self._wait("airflow-api-server", f"{self.airflow_url}/api/v2/monitor/health", _airflow_healthy)

    def wait(self) -> None:
        """Wait until a server ends, which is an error; Ctrl-C is the way out."""
        while True:
            self.check()
            time.sleep(1)

    def _start_airflow(self) -> None:
        port = self.airflow_url.rpartition(":")[2]
        self._spawn("airflow-api-server", "airflow", "api-server", "--host", HOST, "--port", port)
        # Without --skip-serve-logs it serves them to every interface; the api-server reads the files itself.
        self._spawn("airflow-scheduler", "airflow", "scheduler", "--skip-serve-logs")
        self._spawn("airflow-dag-processor", "airflow", "dag-processor")

    def stop(self) -> None:
        """End every server and all they started."""
        family = [
            child
            for server in self.servers.values()
            if psutil.pid_exists(server.pid)
            for child in [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        ]
        for server in reversed(self.servers.values()):
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
        for server in self.servers.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(STOP_TIMEOUT)
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=STOP_TIMEOUT)

    def check(self) -> None:
        """Raise ServiceError if a server has ended."""
        for name, server in self.servers.items():
            if server.poll() is not None:
                raise ServiceError(
                    f"{name} ended with exit code {server.returncode}\n{self._tail(name)}",
                    where=str(self.home.logs / f"{name}.log"),
                )

    def _spawn(self, name: str, *command: str) -> None:
        with (self.home.logs / f"{name}.log").open("wb") as log:
            # A session of its own: Ctrl-C in the terminal reaches this process alone, which ends the rest in
            # order.
            self.servers[name] = subprocess.Popen(
                [str(Path(sys.executable).parent / command[0]), *command[1:]],
                env=environment(self.project, self.home, self.airflow_url, self.mlflow_url),
                cwd=self.home.world,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _migrate(self) -> None:
        self._spawn("airflow-db-migrate", "airflow", "db", "migrate")
        code = self.servers["airflow-db-migrate"].wait(START_TIMEOUT)
        if code:
            self.check()
        del self.servers["airflow-db-migrate"]

    def _wait(self, name: str, url: str, healthy: Callable[[httpx.Response], bool]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(httpx.TransportError):
                if healthy(httpx.get(url, timeout=5)):
                    return
            time.sleep(0.3)
        raise ServiceError(
            f"{name} did not answer within {START_TIMEOUT} s\n{self._tail(name)}",
            where=f"{url}, log {self.home.logs / f'{name}.log'}",
        )

    def _tail(self, name: str, lines: int = 15) -> str:
        log = self.home.logs / f"{name}.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def _mlflow_command(folder: Path, url: str) -> tuple[str, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    return (
        *("mlflow", "server", "--host", HOST, "--port", url.rpartition(":")[2], "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{folder}/mlflow.db"),
        *("--artifacts-destination", str(folder / "artifacts")),
    )


def _airflow_healthy(answer: httpx.Response) -> bool:
    if answer.status_code != 200:
        return False
    health: Mapping[str, Mapping[str, str]] = answer.json()
    return all(
        health[part].get("status") == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")
    )


def _port(variable: str) -> int:
    """Return the port an environment variable names, or a free one.

    Raises:
        ServiceError: The named port is in use, or no number.
    """
    wanted = os.environ.get(variable, "0")
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, int(wanted)))
        except (OSError, ValueError, OverflowError) as err:
            raise ServiceError(
                f"Port {wanted} cannot be used: {err}",
                where=f"environment variable {variable}",
                fix="name another port, or unset the variable to take a free one",
            ) from err
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(project: Path, home: Home, console: Console) -> Iterator[Stack]:
    """Run the servers as long as the context is open.

    Args:
        project: The project's root.
        home: Where state is kept, locked by the caller.
        console: Is told what is being waited for.
    """
    airflow, mlflow = _port("TRIMTAB_AIRFLOW_PORT"), _port("TRIMTAB_MLFLOW_PORT")
    stack = Stack(project, home, f"http://{HOST}:{airflow}", f"http://{HOST}:{mlflow}")
    try:
        stack.start(console)
        yield stack
    finally:
        stack.stop()
