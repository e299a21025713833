"""`make cluster`: run the cluster until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import click

from deploy.cluster.cluster import Cluster, running
from deploy.cluster.preparation import PEOPLE
from trimtab.errors import TrimtabError
from trimtab.escaping import echo

DEFAULT_FOLDER = Path(f"/var/tmp/trimtab-cluster-{os.getuid()}")  # a short path: sockets are in it


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=DEFAULT_FOLDER, show_default=True, help="Its state."
)
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="The checkout whose commit Airflow runs.",
)
def main(folder: Path, project: Path) -> None:
    """Run PostgreSQL, Redis, S3, MLflow and Airflow on Celery, until Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background process would ignore SIGINT
        signal.signal(number, signal.default_int_handler)
    begin = time.monotonic()
    try:
        with running(folder.resolve(), project.resolve(), echo) as cluster:
            echo(f"Ready after {time.monotonic() - begin:.0f} s")
            _describe(cluster)
            while cluster.supervisor.is_running:
                time.sleep(1)
    except KeyboardInterrupt:
        echo("Every process has ended")
    except TrimtabError as err:
        echo(str(err), err=True)
        sys.exit(err.exit_code)


def _describe(cluster: Cluster) -> None:
    values = cluster.values
    echo(f"Airflow   {values.url('airflow')}   users: {', '.join(PEOPLE)}")
    echo(f"MLflow    {values.url('mlflow')}   users: admin, airflow, reader")
    echo(f"S3        {values.url('s3')}   buckets: airflow, dvc, mlflow")
    echo(f"State, logs and, in values.json, the passwords: {values.folder}")


if __name__ == "__main__":
    main()
