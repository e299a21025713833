"""What exists before the servers start: folders, configuration files, databases, buckets and users."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
from pathlib import Path

import boto3
import httpx
import psycopg2
from botocore.exceptions import ClientError

from deploy.cluster.settings import LOOPBACK, Values, write_secret
from deploy.cluster.topology import CONTROL, HOSTS, POSTGRES_TOOLS, STORES
from trimtab.errors import ServiceError
from trimtab.outage_limits import BOTOCORE_TRIES, REMOTE_CONNECT_TIMEOUT, REMOTE_READ_TIMEOUT

DATABASES = ("airflow", "mlflow", "mlflow_auth")
BUCKETS = ("airflow", "mlflow", "dvc")
PEOPLE = {"admin": "Admin", "op": "Op", "user": "User", "viewer": "Viewer"}  # to their role in Airflow


def write_files(values: Values, project: Path) -> None:
    """Write the folders and files of all hosts, and push the project's commit to where Airflow reads it."""
    for host in HOSTS:
        for folder in ("home", "tmp", "airflow", "dvc", "trimtab"):
            (values.host(host) / folder).mkdir(parents=True, exist_ok=True)
        _write_dvc_config(values, host)
        # The bundle's connection; it needs no credentials here.
        connections = {"s3_logs": _log_store(values), "git_default": {"conn_type": "git"}}
        write_secret(values.host(host) / "connections.json", json.dumps(connections))
    stores = values.host(STORES)
    write_secret(stores / "redis.conf", f"requirepass {values.secrets['REDIS_PASSWORD']}\n")
    (stores / "s3").mkdir(exist_ok=True)
    write_secret(stores / "s3.json", json.dumps({"identities": [_s3_user(values)]}))
    _write_mlflow_auth(values, stores / "mlflow-auth.ini")
    if not (stores / "postgres").is_dir():
        _init_postgres(values, stores)
    push_project(values, project)


def _write_dvc_config(values: Values, host: str) -> None:
    """Give a host its cache, and the remote that all share."""
    config = configparser.RawConfigParser()
    config["cache"] = {"dir": str(values.host(host) / "cache")}
    config["core"] = {"remote": "store"}
    config["'remote \"store\"'"] = {"url": "s3://dvc", "endpointurl": values.url("s3")}
    with (values.host(host) / "dvc" / "config").open("w", encoding="utf-8") as file:
        config.write(file)


def push_project(values: Values, project: Path) -> None:
    """Push the commit of a checkout to the repository that Airflow follows."""
    if not values.repository.is_dir():
        subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", values.repository], check=True)
    subprocess.run(
        ["git", "push", "--quiet", "--force", values.repository, "HEAD:refs/heads/main"],
        cwd=project,
        check=True,
    )


def create_databases(values: Values) -> None:
    """Create the databases that PostgreSQL lacks."""
    with_password = {"user": "trimtab", "password": values.secrets["POSTGRES_PASSWORD"]}
    connection = psycopg2.connect(
        host=LOOPBACK, port=values.ports["postgres"], dbname="postgres", **with_password
    )
    connection.autocommit = True  # PostgreSQL creates no database in a transaction
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        present = {name for (name,) in cursor.fetchall()}
        for database in DATABASES:
            if database not in present:
                cursor.execute(f"CREATE DATABASE {database}")
    connection.close()


def create_buckets(values: Values) -> None:
    """Create the buckets that S3 lacks.

    Raises:
        ClientError: S3 refuses; it does for a moment after its start.
    """
    client = boto3.client(
        "s3",
        endpoint_url=values.url("s3"),
        aws_access_key_id=values.secrets["S3_KEY"],
        aws_secret_access_key=values.secrets["S3_SECRET"],
        region_name="us-east-1",
    )
    for bucket in BUCKETS:
        try:
            client.create_bucket(Bucket=bucket)
        except ClientError as err:
            if err.response["Error"]["Code"] not in ("BucketAlreadyExists", "BucketAlreadyOwnedByYou"):
                raise


def migrate_airflow(values: Values) -> None:
    """Bring Airflow's database up to date."""
    _airflow(values, "db", "migrate")


def create_administrator(values: Values) -> None:
    """Create Airflow's administrator, unless there is one."""
    password = values.secrets["AIRFLOW_ADMIN_PASSWORD"]
    named = ("--username", "admin", "--firstname", "admin", "--lastname", "Admin")
    _airflow(
        values,
        *("users", "create", *named, "--role", "Admin", "--email", "admin@localhost"),
        input=f"{password}\n{password}\n",  # asked for, so that `ps` shows none
    )


def airflow_token(values: Values, person: str) -> str:
    """Log in to Airflow as one of its users."""
    password = values.secrets[f"AIRFLOW_{person.upper()}_PASSWORD"]
    answer = httpx.post(
        f"{values.url('airflow')}/auth/token", json={"username": person, "password": password}, timeout=60
    )
    return str(answer.raise_for_status().json()["access_token"])


def create_people(values: Values) -> None:
    """Create a user for each role of Airflow, and those of MLflow; one that exists is left as it is."""
    headers = {"Authorization": f"Bearer {airflow_token(values, 'admin')}"}
    for person, role in PEOPLE.items():
        body = {
            "username": person,
            "email": f"{person}@localhost",
            "first_name": person,
            "last_name": role,
            "roles": [{"name": role}],
            "password": values.secrets[f"AIRFLOW_{person.upper()}_PASSWORD"],
        }
        _create(
            httpx.post(f"{values.url('airflow')}/auth/fab/v1/users", json=body, headers=headers, timeout=60)
        )
    admin = ("admin", values.secrets["MLFLOW_ADMIN_PASSWORD"])
    # The user of the workers, who writes, and one who reads.
    for user, secret in (("airflow", "MLFLOW_WORKER_PASSWORD"), ("reader", "MLFLOW_READER_PASSWORD")):
        given = {"username": user, "password": values.secrets[secret]}
        url = f"{values.url('mlflow')}/api/2.0/mlflow/users/create"
        _create(httpx.post(url, json=given, auth=admin, timeout=60))


def _create(answer: httpx.Response) -> None:
    """Accept that something was created, or existed."""
    if answer.is_error and "already" not in answer.text.lower():
        answer.raise_for_status()


def _log_store(values: Values) -> dict[str, object]:
    """Return the Airflow connection of the bucket for logs: a server that is away costs a task seconds."""
    seconds = {"connect_timeout": REMOTE_CONNECT_TIMEOUT, "read_timeout": REMOTE_READ_TIMEOUT}
    return {
        "conn_type": "aws",
        "login": values.secrets["S3_KEY"],
        "password": values.secrets["S3_SECRET"],
        "extra": {
            "endpoint_url": values.url("s3"),
            "region_name": "us-east-1",
            "config_kwargs": {**seconds, "retries": {"total_max_attempts": BOTOCORE_TRIES}},
        },
    }


def _s3_user(values: Values) -> dict[str, object]:
    keys = {"accessKey": values.secrets["S3_KEY"], "secretKey": values.secrets["S3_SECRET"]}
    return {"name": "trimtab", "credentials": [keys], "actions": ["Admin"]}


def _write_mlflow_auth(values: Values, file: Path) -> None:
    of_postgres = f"trimtab:{values.secrets['POSTGRES_PASSWORD']}@{values.address('postgres')}"
    write_secret(
        file,
        "[mlflow]\ndefault_permission = READ\n"
        f"database_uri = postgresql+psycopg2://{of_postgres}/mlflow_auth\n"
        "admin_username = admin\n"
        f"admin_password = {values.secrets['MLFLOW_ADMIN_PASSWORD']}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
    )


def _init_postgres(values: Values, stores: Path) -> None:
    """Make an empty data folder of PostgreSQL, which does not run as root."""
    data, password = stores / "postgres", stores / "postgres-password"
    data.mkdir()
    write_secret(password, values.secrets["POSTGRES_PASSWORD"])
    if os.geteuid() == 0:
        shutil.chown(data, "postgres")
        shutil.chown(password, "postgres")
    subprocess.run(
        [
            *(str(POSTGRES_TOOLS[0] / "initdb"), "-D", str(data), "-U", "trimtab", "-A", "scram-sha-256"),
            f"--pwfile={password}",
        ],
        check=True,
        cwd=stores,
        stdout=subprocess.DEVNULL,
        user="postgres" if os.geteuid() == 0 else None,
    )
    password.unlink()


def _airflow(values: Values, *command: str, input: str | None = None) -> None:
    done = subprocess.run(
        ["airflow", *command],
        env=values.environment(CONTROL),
        cwd=values.host(CONTROL),
        check=False,
        text=True,
        input=input,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    if done.returncode:
        raise ServiceError(f"`airflow {' '.join(command[:2])}` failed:\n{done.stderr[-2000:]}")
