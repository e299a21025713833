"""The commands that start Airflow and MLflow on this machine: `trimtab loop` and `trimtab up`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from trimtab.cli.extras import require_servers

DATE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command()
@click.option(
    "--from", "start", type=DATE, required=True, help="The first logical date, which is trained on."
)
@click.option("--until", "end", type=DATE, required=True, help="The last logical date.")
@click.option(
    "--training",
    metavar="DAG_ID",
    help="The DAG that trains.  [default: the one DAG in dags/ with a RegisterOperator]",
)
@click.option(
    "--drift-check",
    metavar="DAG_ID",
    help="The DAG that checks for drift.  [default: the one DAG in dags/ with a MeasureDriftOperator]",
)
def loop(start: datetime, end: datetime, training: str | None, drift_check: str | None) -> None:
    """Train, check window after window for drift, and retrain, on a local Airflow and MLflow.

    The drift check runs at each date of its own schedule. Dates are in UTC.

    The state of earlier runs is moved to `.trimtab/earlier`.
    """
    require_servers("loop")
    from trimtab.local.dag_files import find_dag_id
    from trimtab.local.loop import Loop, LoopDags
    from trimtab.local.servers import running_servers
    from trimtab.local.state_folder import StateFolder
    from trimtab.local.summary import show_summary
    from trimtab.terminal import Console

    console, project = Console(), Path.cwd()
    folder = project / "dags"
    dags = LoopDags(
        training=training or find_dag_id(folder, "RegisterOperator", option="--training"),
        drift_check=drift_check or find_dag_id(folder, "MeasureDriftOperator", option="--drift-check"),
    )
    with StateFolder(project) as state:
        earlier = state.move_server_state_aside()
        if earlier:
            console.print(f"The state of the last run was moved to {earlier}", style="dim")
        with running_servers(project, state, console) as servers:
            console.print(f"Airflow {servers.airflow_url}   MLflow {servers.mlflow_url}\n")
            job = Loop(servers, state, console, dags)
            job.run(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
    show_summary(console, job.versions, job.verdicts, job.pages)


@click.command()
def up() -> None:
    """Run Airflow and MLflow with the state of the last run, until Ctrl-C."""
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
