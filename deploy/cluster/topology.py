"""The processes of the cluster: which program runs on which host, and what it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.cluster.settings import LOOPBACK, WEED, Values

BIN = Path(sys.executable).parent
POSTGRES_TOOLS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]  # Debian's, not on the PATH
STORES, CONTROL, SPARE = "stores", "control", "spare"  # hosts
WORKERS = ("worker-1", "worker-2", "worker-3")  # hosts, and the queue that each alone serves
HOSTS = (STORES, CONTROL, SPARE, *WORKERS)


@dataclass(frozen=True)
class Program:
    """One process that the supervisor starts, and starts again when it ends.

    Attributes:
        name: Its name, and that of its log.
        host: The host whose folder and environment it has.
        command: What it runs.
        env: Variables of its own, beside those of the host.
        user: Who runs it, if this is root.
        stop_signal: What ends it in seconds.
    """

    name: str
    host: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    stop_signal: str = "TERM"


def stores(values: Values) -> list[Program]:
    """Return PostgreSQL, Redis and S3, which everything else needs."""
    home, port = values.host(STORES), {name: str(number) for name, number in values.ports.items()}
    postgres = POSTGRES_TOOLS[0] / "postgres"
    listen = ("-h", LOOPBACK, "-p", port["postgres"], "-k", "", "-c", "max_connections=300")
    redis = ("--bind", LOOPBACK, "--port", port["redis"], "--save", "", "--appendonly", "no")
    weed = tuple(f"-{part}.port{kind}={port[part + kind]}" for part in WEED for kind in ("", ".grpc"))
    return [
        Program(
            "postgres",
            STORES,
            (str(postgres), "-D", str(home / "postgres"), *listen),
            user="postgres" if os.geteuid() == 0 else "",  # it does not run as root
            stop_signal="INT",  # with TERM it waits until every client has gone
        ),
        Program("redis", STORES, ("redis-server", str(home / "redis.conf"), *redis)),
        Program(
            "s3",
            STORES,
            (
                *(str(BIN / "weed"), "-logtostderr=true", "server", f"-dir={home}/s3"),
                *(f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}", "-filer", "-s3", *weed),
                *("-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=50"),
                *(f"-s3.config={home}/s3.json", "-iam=false", "-s3.iam=false"),
                *("-s3.port.iceberg=0", "-s3.port.lance=0"),
                *(f"-filer.localSocket={home}/filer.sock", f"-s3.localSocket={home}/s3.sock"),
            ),
            stop_signal="KILL",  # with TERM it takes a quarter of a minute
        ),
    ]


def services(values: Values) -> list[Program]:
    """Return MLflow and Airflow, which start once the stores answer and the databases are migrated."""
    airflow, port = str(BIN / "airflow"), {name: str(number) for name, number in values.ports.items()}
    at = ("--host", LOOPBACK, "--port")
    return [
        Program(
            "mlflow",
            STORES,
            (
                *(str(BIN / "mlflow"), "server", *at, port["mlflow"], "--workers", "1"),
                *("--app-name", "trimtab-auth", "--artifacts-destination", "s3://mlflow/artifacts"),
            ),
            env=mlflow_environment(values),
        ),
        Program("api-server", CONTROL, (airflow, "api-server", *at, port["airflow"], "--workers", "1")),
        Program("dag-processor", CONTROL, (airflow, "dag-processor")),
        Program("triggerer", CONTROL, (airflow, "triggerer", "--skip-serve-logs")),
        Program("scheduler-1", CONTROL, (airflow, "scheduler", "--skip-serve-logs")),
        Program("scheduler-2", SPARE, (airflow, "scheduler", "--skip-serve-logs")),
        *(
            Program(
                name,
                name,
                (
                    *(airflow, "celery", "worker", "--queues", f"default,{name}"),
                    *("--celery-hostname", f"{name}@%h", "--skip-serve-logs"),  # logs are in S3
                ),
            )
            for name in WORKERS
        ),
    ]


def mlflow_environment(values: Values) -> dict[str, str]:
    """Return what the MLflow server knows, and nobody else: its database and its administrator."""
    of_postgres = f"trimtab:{values.secrets['POSTGRES_PASSWORD']}@{values.address('postgres')}"
    return {
        "MLFLOW_BACKEND_STORE_URI": f"postgresql+psycopg2://{of_postgres}/mlflow",
        "MLFLOW_S3_ENDPOINT_URL": values.url("s3"),
        "MLFLOW_AUTH_CONFIG_PATH": str(values.host(STORES) / "mlflow-auth.ini"),
        "MLFLOW_AUTH_ADMIN_USERNAME": "admin",
        "MLFLOW_AUTH_ADMIN_PASSWORD": values.secrets["MLFLOW_ADMIN_PASSWORD"],
        "MLFLOW_FLASK_SERVER_SECRET_KEY": values.secrets["MLFLOW_FLASK_SECRET"],
    }
