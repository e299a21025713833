"""The commands that start Airflow and MLflow on this machine: `trimtab loop` and `trimtab up`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.extras import require_servers
from trimtab.cli.json_output import json_option, print_json
from trimtab.errors import ConfigError, TrimtabError
from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.local.loop import Loop, LoopDags
    from trimtab.terminal import Console

DRIFT_OPERATOR = "MeasureDriftOperator"
DATE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command(epilog=example("trimtab loop --from 2026-06-01 --until 2026-11-01"))
@click.option(
    "--from",
    "start",
    type=DATE,
    help="The first logical date, which is trained on.  [default: the start_date of the drift check]",
)
@click.option(
    "--until", "end", type=DATE, help="The last logical date.  [default: the end_date of that DAG, or now]"
)
@click.option(
    "--pipeline",
    metavar="NAME",
    help="A folder of pipelines/, or . for the root.  [default: that of the working directory; in the root of"
    " a repository with several pipelines, one after the other]",
)
@click.option(
    "--training",
    metavar="DAG_ID",
    help="The DAG that trains.  [default: the one DAG in dags/NAME/ with a RegisterOperator]",
)
@click.option(
    "--drift-check",
    metavar="DAG_ID",
    help="The DAG that checks for drift.  [default: the one DAG in dags/NAME/ with a MeasureDriftOperator]",
)
@json_option
def loop(
    start: datetime | None,
    end: datetime | None,
    pipeline: str | None,
    training: str | None,
    drift_check: str | None,
    as_json: bool,
) -> None:
    """Train, check for drift and retrain, window after window.

    It runs on a local Airflow and MLflow. The drift check runs at each date of its own schedule. Dates are in
    UTC; by default, each pipeline is played at those of its own DAGs.

    The state of earlier runs is moved to `.trimtab/earlier` in the root of the repository.

    A pipeline without a drift check, as one without windows, is only trained.

    If the main job of one of several pipelines fails, the others are played, and the exit code is 1.
    """
    require_servers("loop")
    from trimtab.local.loop import Loop, LoopDags
    from trimtab.local.played_pipelines import played_pipelines, servers_root
    from trimtab.local.servers import running_servers
    from trimtab.local.state_folder import StateFolder
    from trimtab.terminal import Console

    console, root = Console(stderr=as_json), servers_root(Path.cwd())
    names = played_pipelines(Path.cwd(), pipeline)
    if len(names) > 1 and (training or drift_check):
        raise click.UsageError("--training and --drift-check are DAGs of one pipeline: give --pipeline")
    first, last = (date and date.replace(tzinfo=UTC) for date in (start, end))
    dags, played, failed = dict[str, LoopDags](), dict[str, Loop](), dict[str, TrimtabError]()
    for name in names:
        with _noted(name, failed, several=len(names) > 1):
            dags[name] = _dags_of(name, root, training, drift_check)
    if not dags:
        raise ConfigError(
            f"None of the pipelines can be played: {', '.join(failed)}",
            where="; ".join(error.what for error in failed.values()),
            fix="write DAG files into dags/NAME/, or play one with --pipeline",
        )
    with StateFolder(root) as state:
        earlier = state.move_server_state_aside()
        if earlier:
            console.print(f"The state of the last run was moved to {earlier}", style="dim")
        with running_servers(root, state, console) as servers:
            console.print(f"Airflow {servers.airflow_url}   MLflow {servers.mlflow_url}\n")
            for name, own in dags.items():
                job = played[name] = Loop(servers, state, console, own)
                with _noted(name, failed, several=len(names) > 1):
                    job.run(first, last)
    if as_json:
        _print_results(played, failed)
    else:
        _show_results(played, console)
    for name, error in failed.items():
        echo(f"pipeline {name}: {error}", fg="red", err=True)
    sys.exit(1 if failed else 0)


def _print_results(played: Mapping[str, Loop], failed: Mapping[str, TrimtabError]) -> None:
    """Print the results of all pipelines as JSON."""
    pipelines = [
        {
            "pipeline": name,
            "error": str(failed[name]) if name in failed else None,
            "versions": job.versions,
            "verdicts": job.verdicts,
            "pages": [str(page) for page in job.pages],
        }
        for name, job in played.items()
    ]
    print_json("loop", {"pipelines": pipelines})


def _show_results(played: Mapping[str, Loop], console: Console) -> None:
    from trimtab.local.summary import show_summary

    for name, job in played.items():
        if len(played) > 1:
            console.print(f"\nPipeline {name}", style="bold")
        show_summary(console, job.versions, job.verdicts, job.pages)


@contextlib.contextmanager
def _noted(name: str, failed: dict[str, TrimtabError], *, several: bool) -> Iterator[None]:
    """Note the failure of one pipeline, so that the others are played; of an only pipeline, raise it."""
    try:
        yield
    except TrimtabError as err:
        if not several:
            raise
        failed[name] = err


def _dags_of(name: str, root: Path, training: str | None, drift_check: str | None) -> LoopDags:
    from trimtab.local.dag_files import DagFolder, calls_operator, find_dag_id
    from trimtab.local.loop import LoopDags

    folder = DagFolder.of_pipeline(name, root)
    if drift_check is None and calls_operator(folder, DRIFT_OPERATOR):
        drift_check = find_dag_id(folder, DRIFT_OPERATOR, option="--drift-check")
    return LoopDags(
        training=training or find_dag_id(folder, "RegisterOperator", option="--training"),
        drift_check=drift_check,
        folder=folder,
    )


@click.command(epilog=example("trimtab up"))
def up() -> None:
    """Start Airflow and MLflow with the state of the last run.

    The servers are those of the repository: Airflow has the DAGs of all its pipelines. Ctrl-C ends both.
    """
    require_servers("up")
    from trimtab.local.played_pipelines import servers_root
    from trimtab.local.servers import running_servers
    from trimtab.local.state_folder import StateFolder
    from trimtab.terminal import Console

    console, root = Console(), servers_root(Path.cwd())
    with StateFolder(root) as state, running_servers(root, state, console) as servers:
        console.print(
            f"\n  Airflow  {servers.airflow_url}\n  MLflow   {servers.mlflow_url}\n\nCtrl-C ends both."
        )
        servers.restart_until_interrupted(console)
