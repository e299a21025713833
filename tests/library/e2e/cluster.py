"""An Airflow of several hosts, on this one: PostgreSQL, and a scheduler with workers on each host.

Each host has a home, a cache, a bundle's clone and a folder for temporary files of its own. They share
Airflow's database and API, and DVC's remote.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from trimtab.local.airflow_api import AirflowApi

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
BIN = Path(sys.executable).parent
HOSTS = ("one", "two")
START_TIMEOUT = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Run a server of an empty database, and yield its URL."""
    folder, port = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp")), free_port()
    user = {"user": "postgres"} if os.geteuid() == 0 else {}  # it does not run as root
    if user:
        shutil.chown(folder, "postgres")
    run = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **user}
    tools, data = POSTGRES[-1].parent, folder / "data"
    subprocess.run(
        [tools / "initdb", "-D", data, "-U", "airflow", "-A", "trust", "--no-sync"], check=True, **run
    )
    settings = ("-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-F", "-c", "max_connections=200")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [tools / "postgres", "-D", data, *settings], **run, stderr=log, start_new_session=True
        )
    try:
        ready = [tools / "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
        deadline = time.monotonic() + 60
        while subprocess.run(ready, stdout=subprocess.DEVNULL, check=False).returncode:
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.2)
        yield f"airflow@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Cluster:
    """The servers.

    Attributes:
        folder: Where every host's folder is.
        project: The git repository that the bundle follows.
        env: What every server's environment has.
        orphans: What servers that were killed had started.
    """

    folder: Path
    project: Path
    env: Mapping[str, str]
    url: str
    servers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    orphans: list[psutil.Process] = field(default_factory=list)

    @property
    def airflow(self) -> AirflowApi:
        return AirflowApi(self.url)

    def host(self, name: str) -> Path:
        return self.folder / name

    def environment(self, host: str) -> dict[str, str]:
        """Return the environment of a host's servers and of the tasks they run."""
        home = self.host(host)
        for part in ("home", "tmp", "airflow", "dvc-config"):
            (home / part).mkdir(parents=True, exist_ok=True)
        (home / "dvc-config" / "config").write_text(f"[cache]\n    dir = {home}/cache\n")
        return {
            **self.env,
            "HOST": host,
            "HOME": str(home / "home"),
            "TMPDIR": str(home / "tmp"),
            "DVC_GLOBAL_CONFIG_DIR": str(home / "dvc-config"),
            "DVC_SITE_CACHE_DIR": str(home / "site"),
            "AIRFLOW_HOME": str(home / "airflow"),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home / "bundles"),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        }

    def start(self, name: str, host: str, *command: str) -> None:
        self.folder.mkdir(exist_ok=True)
        env = self.environment(host)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.servers[name] = subprocess.Popen(
                [str(BIN / command[0]), *command[1:]],
                env=env,
                cwd=self.host(host),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_scheduler(self, host: str) -> None:
        self.start(f"scheduler-{host}", host, "airflow", "scheduler", "--skip-serve-logs")

    def start_all(self) -> None:
        subprocess.run(
            [str(BIN / "airflow"), "db", "migrate"],
            env=self.environment("head"),
            cwd=self.host("head"),
            check=True,
            capture_output=True,
        )
        port = self.url.rpartition(":")[2]
        self.start("api-server", "head", "airflow", "api-server", "--host", "127.0.0.1", "--port", port)
        self.start("dag-processor", "head", "airflow", "dag-processor")
        for host in HOSTS:
            self.start_scheduler(host)
        deadline = time.monotonic() + START_TIMEOUT
        while not self._healthy():
            self.check()
            assert time.monotonic() < deadline, self.tail("api-server")
            time.sleep(0.5)

    def _healthy(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.get(f"{self.url}/api/v2/monitor/health", timeout=5)
            parts = ("metadatabase", "scheduler", "dag_processor")
            return answer.status_code == 200 and all(
                answer.json()[part].get("status") == "healthy" for part in parts
            )
        return False

    def check(self) -> None:
        """Fail if a server has ended that nobody has ended."""
        for name, server in self.servers.items():
            assert server.poll() is None, f"{name} has ended\n{self.tail(name)}"

    def tail(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def kill(self, name: str) -> None:
        """SIGKILL for a server alone, not for what it has started."""
        server = self.servers.pop(name)
        self.orphans += psutil.Process(server.pid).children(recursive=True)
        server.kill()
        server.wait()

    def stop(self) -> None:
        family = [*self.orphans]
        for server in self.servers.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(server.pid)
                family += [process, *process.children(recursive=True)]
                process.terminate()
        psutil.wait_procs(family, timeout=15)
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def environment(database: str, url: str, project: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return what all servers' environments have in common."""
    keep = {name: os.environ[name] for name in ("LANG", "PYTHONDONTWRITEBYTECODE") if name in os.environ}
    bundle = {
        "name": "pipeline",
        "classpath": "airflow.providers.git.bundles.git.GitDagBundle",
        "kwargs": {
            "repo_url": str(project),
            "tracking_ref": "main",
            "subdir": "dags",
            "refresh_interval": 5,
            "prune_dotgit_folder": False,
        },
    }
    return {
        **keep,
        **more,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "SHELL": "/bin/sh",
        "GIT_CONFIG_NOSYSTEM": "1",
        "DVC_NO_ANALYTICS": "1",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__MP_FORKSERVER_PRELOAD": "airflow,airflow.executors.local_executor,dvc.repo,s3fs",
        "AIRFLOW__SCHEDULER__MP_START_METHOD": "forkserver",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        # So that what a dead scheduler has left is noticed in seconds.
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{database}",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": secrets.token_hex(16),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "DO_NOT_TRACK": "true",
    }


@contextlib.contextmanager
def running(folder: Path, project: Path, more: Mapping[str, str]) -> Iterator[Cluster]:
    """Run all of it.

    Args:
        folder: Where the hosts' folders go.
        project: The git repository of the DAG and its pipeline.
        more: For every environment.
    """
    with postgres() as database:
        url = f"http://127.0.0.1:{free_port()}"
        cluster = Cluster(folder, project, environment(database, url, project, more), url)
        try:
            cluster.start_all()
            yield cluster
        finally:
            cluster.stop()
