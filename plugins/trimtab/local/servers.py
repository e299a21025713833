"""Airflow's scheduler, api-server and dag-processor and an MLflow server, as child processes on 127.0.0.1."""

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
from trimtab.local.run_progress import waiting
from trimtab.local.state_folder import HOST, Home
from trimtab.terminal import Console

START_TIMEOUT = 180  # seconds; all servers answer after 20 to 40 on two slow cores
STOP_TIMEOUT = 20
TRIGGERER = ("airflow", "triggerer", "--skip-serve-logs")
LOOK = 1.0  # seconds between two looks at the servers
PAUSES = (1, 60)  # seconds before a server that ended is started again: doubled each time, up to the second


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
    _commands: dict[str, tuple[str, ...]] = field(default_factory=dict)

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

    def keep_running(self, console: Console) -> None:
        """Start each server again that ends, until Ctrl-C.

        One that ends at each start keeps nobody from the pages of the others, where its cause can be mended.

        Args:
            console: Is told what ended, and where its log is.
        """
        # Nothing that the main job does waits for it; Airflow's home page, and a fork's own DAGs, ask for it.
        self._spawn("airflow-triggerer", *TRIGGERER)
        pauses: dict[str, int] = {}
        due: dict[str, float] = {}
        while True:
            for name in [name for name, server in self.servers.items() if server.poll() is not None]:
                if name not in due:
                    pauses[name] = min(2 * pauses[name], PAUSES[1]) if name in pauses else PAUSES[0]
                    due[name] = time.monotonic() + pauses[name]
                    self._end_workers_of(name)
                    log = self.home.logs / f"{name}.log"
                    console.print(
                        f"{name} ended with exit code {self.servers[name].returncode}, its log is {log}; "
                        f"it starts again in {pauses[name]} s",
                        markup=False,
                        soft_wrap=True,
                    )
                elif time.monotonic() >= due[name]:
                    del due[name]
                    self._spawn(name, *self._commands[name])
            time.sleep(LOOK)

    def _end_workers_of(self, name: str) -> None:
        """End what a server that is gone has left; at once, since its process id may become another's."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.servers[name].pid, signal.SIGKILL)

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
        mode = "ab" if name in self._commands else "wb"  # why it ended the last time is worth reading
        self._commands[name] = command
        with (self.home.logs / f"{name}.log").open(mode) as log:
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


@contextlib.contextmanager
def running(project: Path, home: Home, console: Console) -> Iterator[Stack]:
    """Run the servers as long as the context is open.

    Args:
        project: The project's root.
        home: Where state is kept, locked by the caller.
        console: Is told what is being waited for.
    """
    last = home.ports()
    ports = {name: choose_port(f"TRIMTAB_{name.upper()}_PORT", last[name]) for name in last}
    stack = Stack(project, home, f"http://{HOST}:{ports['airflow']}", f"http://{HOST}:{ports['mlflow']}")
    try:
        stack.start(console)
        home.announce(ports)
        yield stack
    finally:
        stack.stop()
