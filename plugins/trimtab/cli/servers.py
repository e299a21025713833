"""The commands that start Airflow and MLflow on this machine: `trimtab loop` and `trimtab up`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.extras import require_servers
from trimtab.cli.json_output import json_option, print_json

DATE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command(epilog=example("trimtab loop --from 2013-06-01 --until 2014-01-01"))
@click.option(
    "--from", "start", type=DATE, required=True, help="The first logical date, which is trained on."
)
@click.option("--until", "end", type=DATE, required=True, help="The last logical date.")
@click.option(
    "--training",
    metavar="DAG_ID",
    help="The DAG that trains.  [default: the one file in dags/ with a RegisterOperator]",
)
@click.option(
    "--drift-check",
    metavar="DAG_ID",
    help="The DAG that checks for drift.  [default: the one file in dags/ with a MeasureDriftOperator]",
)
@json_option
def loop(
    start: datetime, end: datetime, training: str | None, drift_check: str | None, as_json: bool
) -> None:
    """Train, check for drift and retrain, window after window.

    It runs on a local Airflow and MLflow. The drift check runs at each date of its own schedule. Dates are in
    UTC.

    The state of earlier runs is moved to `.trimtab/earlier`.
    """
    require_servers("loop")
    from trimtab.local.dag_files import find_dag_id
    from trimtab.local.loop import Loop, LoopDags
    from trimtab.local.servers import running_servers
    from trimtab.local.state_folder import StateFolder
    from trimtab.local.summary import show_summary
    from trimtab.terminal import Console

    console, project = Console(stderr=as_json), Path.cwd()
    dags = LoopDags(
        training=training or find_dag_id(project, "RegisterOperator", option="--training"),
        drift_check=drift_check or find_dag_id(project, "MeasureDriftOperator", option="--drift-check"),
    )
    with StateFolder(project) as state:
        earlier = state.move_server_state_aside()
        if earlier:
            console.print(f"The state of the last run was moved to {earlier}", style="dim")
        with running_servers(project, state, console) as servers:
            console.print(f"Airflow {servers.airflow_url}   MLflow {servers.mlflow_url}\n")
            job = Loop(servers, state, console, dags)
            job.run(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
    if as_json:
        pages = [str(page) for page in job.pages]
        print_json("loop", {"versions": job.versions, "verdicts": job.verdicts, "pages": pages})
    else:
        show_summary(console, job.versions, job.verdicts, job.pages)


@click.command(epilog=example("trimtab up"))
def up() -> None:
    """Start Airflow and MLflow with the state of the last run.

    Ctrl-C ends both.
    """
    require_servers("up")
    from trimtab.local.servers import running_servers
    from trimtab.local.state_folder import StateFolder
    from trimtab.terminal import Console

    console, project = Console(), Path.cwd()
    with StateFolder(project) as state, running_servers(project, state, console) as servers:
        console.print(
            f"\n  Airflow  {servers.airflow_url}\n  MLflow   {servers.mlflow_url}\n\nCtrl-C ends both."
        )
        servers.restart_until_interrupted(console)
