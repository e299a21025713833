"""Airflow's api-server, scheduler and dag-processor and an MLflow server, as child processes on 127.0.0.1."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from trimtab.errors import ServiceError
from trimtab.local.environment import environment
from trimtab.local.ports import choose_port
from trimtab.local.run_progress import show_wait
from trimtab.local.state_folder import HOST, StateFolder
from trimtab.terminal import Console

START_TIMEOUT = 180  # seconds; all servers answer after 20 to 40 on two slow cores
STOP_TIMEOUT = 20  # seconds
TRIGGERER = ("airflow", "triggerer", "--skip-serve-logs")
POLL = 1.0  # seconds between two checks of the servers
RESTART_DELAYS = (1, 60)  # seconds before a restart: the first delay, doubled each time up to the second


@dataclass
class LocalServers:
    """The processes of Airflow and MLflow.

    Attributes:
        project: The project's root; Airflow reads its ``dags/`` and ``plugins/``.
        state: The folder for databases and logs.
        airflow_url: The address of Airflow's UI and API.
        mlflow_url: The address of MLflow's UI and API.
        servers: The processes by name.
    """

    project: Path
    state: StateFolder
    airflow_url: str
    mlflow_url: str
    servers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _commands: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def start(self, console: Console) -> None:
        """Start every server and wait until all of them answer.

        Args:
            console: Where progress is shown.

        Raises:
            ServiceError: A server ended or did not answer in time; the message has the end of its log.
        """
        with show_wait(console, "Airflow's database is ready"):
            self._spawn("mlflow", *_mlflow_command(self.state.server_state / "mlflow", self.mlflow_url))
            self._migrate()
        with show_wait(console, "Airflow and MLflow answer"):
            self._start_airflow()
            self._wait("mlflow", f"{self.mlflow_url}/health", lambda answer: answer.status_code == 200)
            self._wait("airflow-api-server", f"{self.airflow_url}/api/v2/monitor/health", _airflow_healthy)

    def restart_until_interrupted(self, console: Console) -> None:
        """Restart each server that ends, until Ctrl-C.

        A server that ends at every start does not end the others, so their pages stay open to find the cause.

        Args:
            console: Where the end of a server and the path of its log are printed.
        """
        # The main job needs no triggerer. Airflow's home page and the DAGs of a fork may.
        self._spawn("airflow-triggerer", *TRIGGERER)
        delays: dict[str, int] = {}
        restart_at: dict[str, float] = {}
        while True:
            for name in [name for name, server in self.servers.items() if server.poll() is not None]:
                if name not in restart_at:
                    delays[name] = min(2 * delays.get(name, 0) or RESTART_DELAYS[0], RESTART_DELAYS[1])
                    restart_at[name] = time.monotonic() + delays[name]
                    self._end_workers_of(name)
                    console.print(
                        f"{name} ended with exit code {self.servers[name].returncode}, its log is"
                        f" {self._log_file(name)}; it restarts in {delays[name]} s",
                        markup=False,
                        soft_wrap=True,
                    )
                elif time.monotonic() >= restart_at[name]:
                    del restart_at[name]
                    self._spawn(name, *self._commands[name])
            time.sleep(POLL)

    def stop(self) -> None:
        """End every server and all processes they started."""
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
        """Check that every server runs.

        Raises:
            ServiceError: A server has ended; the message has the end of its log.
        """
        for name, server in self.servers.items():
            if server.poll() is not None:
                raise ServiceError(
                    f"{name} ended with exit code {server.returncode}\n{self._end_of_log(name)}",
                    where=str(self._log_file(name)),
                )

    def _start_airflow(self) -> None:
        port = self.airflow_url.rpartition(":")[2]
        self._spawn("airflow-api-server", "airflow", "api-server", "--host", HOST, "--port", port)
        # A scheduler that serves logs listens on every interface. The api-server reads the files itself.
        self._spawn("airflow-scheduler", "airflow", "scheduler", "--skip-serve-logs")
        self._spawn("airflow-dag-processor", "airflow", "dag-processor")

    def _end_workers_of(self, name: str) -> None:
        """Kill the child processes of a server that ended, before its process id is used again."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.servers[name].pid, signal.SIGKILL)

    def _spawn(self, name: str, *command: str) -> None:
        mode = "ab" if name in self._commands else "wb"  # a restart keeps the log, which has the cause
        self._commands[name] = command
        with self._log_file(name).open(mode) as log:
            # In a session of its own the server does not get Ctrl-C. This process does, and ends the servers.
            self.servers[name] = subprocess.Popen(
                [str(Path(sys.executable).parent / command[0]), *command[1:]],
                env=environment(self.project, self.state, self.airflow_url, self.mlflow_url),
                cwd=self.state.server_state,
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
            f"{name} did not answer within {START_TIMEOUT} s\n{self._end_of_log(name)}",
            where=f"{url}, log {self._log_file(name)}",
        )

    def _log_file(self, name: str) -> Path:
        return self.state.logs / f"{name}.log"

    def _end_of_log(self, name: str, lines: int = 15) -> str:
        log = self._log_file(name)
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


@contextlib.contextmanager
def running_servers(project: Path, state: StateFolder, console: Console) -> Iterator[LocalServers]:
    """Start the servers, and stop them when the context is left.

    Args:
        project: The project's root.
        state: The state folder, locked by the caller.
        console: Where progress is shown.

    Raises:
        ServiceError: A port cannot be used, or a server did not start.
    """
    last = state.last_ports()
    ports = {name: choose_port(f"TRIMTAB_{name.upper()}_PORT", last[name]) for name in last}
    airflow_url, mlflow_url = (f"http://{HOST}:{ports[name]}" for name in ("airflow", "mlflow"))
    servers = LocalServers(project, state, airflow_url, mlflow_url)
    try:
        servers.start(console)
        state.save_ports(ports)
        yield servers
    finally:
        servers.stop()
