"""The whole cluster: started in the order of its needs, ready when every part answers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg2
from botocore.exceptions import BotoCoreError, ClientError
from celery import Celery
from kombu.exceptions import OperationalError

from deploy.cluster.preparation import (
    airflow_token,
    create_administrator,
    create_buckets,
    create_databases,
    create_people,
    migrate_airflow,
    write_files,
)
from deploy.cluster.settings import Values
from deploy.cluster.supervisor import Supervisor
from deploy.cluster.topology import CONTROL, WORKERS, services, stores
from trimtab.errors import ServiceError
from trimtab.local.airflow_api import AirflowApi

START_TIMEOUT = 600  # seconds, on a machine that has more to do; two minutes on an idle one
POLL = 1.0


class Cluster:
    """A running cluster.

    Attributes:
        values: Its addresses and secrets.
        supervisor: Starts and ends its processes.
    """

    def __init__(self, values: Values, supervisor: Supervisor) -> None:
        self.values, self.supervisor = values, supervisor
        self._clients: dict[str, AirflowApi] = {}

    def airflow(self, person: str = "admin") -> AirflowApi:
        """Return a client of Airflow that is logged in as one of its users."""
        if person not in self._clients:
            token = airflow_token(self.values, person)
            self._clients[person] = AirflowApi(self.values.url("airflow"), token=token)
        return self._clients[person]

    def is_healthy(self) -> bool:
        """Whether every part of Airflow, MLflow and all workers answer."""
        health = httpx.get(f"{self.values.url('airflow')}/api/v2/monitor/health", timeout=10).json()
        parts = ("metadatabase", "scheduler", "dag_processor", "triggerer")
        mlflow = httpx.get(f"{self.values.url('mlflow')}/health", timeout=10)
        broker = self.values.environment(CONTROL)["AIRFLOW__CELERY__BROKER_URL"]
        with Celery(broker=broker) as celery:
            workers = celery.control.ping(timeout=2, limit=len(WORKERS))
        return (
            mlflow.status_code == httpx.codes.OK
            and all(health[part]["status"] == "healthy" for part in parts)
            and len(workers) == len(WORKERS)
        )

    def wait(self, what: str, is_ready: Callable[[], bool], timeout: float = START_TIMEOUT) -> None:
        """Wait until something is ready.

        Raises:
            ServiceError: The time is over, or the supervisor has ended.
        """
        deadline = time.monotonic() + timeout
        while True:
            with contextlib.suppress(httpx.HTTPError, OperationalError, ServiceError, KeyError, ValueError):
                if is_ready():
                    return
            if time.monotonic() > deadline or not self.supervisor.is_running:
                raise ServiceError(
                    f"{what} is not ready after {timeout:.0f} s",
                    where=str(self.values.folder / "logs"),
                    fix="read the logs there; the last lines say what a process lacks",
                )
            time.sleep(POLL)


@contextlib.contextmanager
def running(folder: Path, project: Path, say: Callable[[str], object]) -> Iterator[Cluster]:
    """Run the cluster of a folder, and end it with every process it has started.

    Args:
        folder: The state of the cluster, with a short path; a second start goes on with it.
        project: A checkout; its commit is what Airflow runs.
        say: Is told each step.

    Raises:
        ServiceError: A part does not answer in time.
    """
    values = Values.load(folder)
    write_files(values, project)
    programs = stores(values), services(values)
    with Supervisor(values, [*programs[0], *programs[1]]) as supervisor:
        cluster = Cluster(values, supervisor)
        cluster.wait("supervisord", (folder / "supervisor.sock").exists)
        supervisor.start(*(program.name for program in programs[0]))
        cluster.wait("The stores", lambda: _stores_answer(values))
        say("PostgreSQL, Redis and S3 answer")
        supervisor.start("mlflow")
        migrate_airflow(values)
        say("Airflow's database is ready")
        supervisor.start(*(program.name for program in programs[1]))
        create_administrator(values)
        cluster.wait("Airflow, MLflow and the workers", cluster.is_healthy)
        create_people(values)
        say("Airflow, MLflow and the workers answer")
        yield cluster


def _stores_answer(values: Values) -> bool:
    """Create databases and buckets: a store that does so is ready."""
    try:
        create_databases(values)
        create_buckets(values)
    except (psycopg2.OperationalError, BotoCoreError, ClientError):
        return False
    return True
