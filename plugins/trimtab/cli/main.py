"""The command line: what Airflow does, without Airflow.

A command's module is imported when it is called for, and what the command needs when it runs: its start is
felt where a gate is a stage, and where a run has nothing to do.
"""

from __future__ import annotations

import atexit
import gc
import io
import logging
import os
import signal
import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path

import click

from trimtab.errors import TrimtabError, not_utf8
from trimtab.escaping import echo, visible

START, END = "2013-06-01", "2014-01-01"  # the example's data covers 2013

ELSEWHERE = {
    "backup": "trimtab.cli.retention",
    "checkout": "trimtab.cli.pipeline",
    "drift": "trimtab.cli.local",  # where those of the registry and the replay join them
    "gate": "trimtab.cli.gates",
    "models": "trimtab.cli.registry",
    "plan": "trimtab.cli.pipeline",
    "promote": "trimtab.cli.registry",
    "prune": "trimtab.cli.retention",
    "publish": "trimtab.cli.registry",
    "rebuild": "trimtab.cli.registry",
    "restore": "trimtab.cli.retention",
    "rollback": "trimtab.cli.registry",
    "run": "trimtab.cli.pipeline",
    "score": "trimtab.cli.registry",
    "verify": "trimtab.cli.retention",
}


class VisibleFormatter(logging.Formatter):
    """Writes control characters of a message out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, as safe for a terminal as what the commands print."""
        return visible(super().format(record))


class Commands(click.Group):
    """The commands, of this module and of the others'."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the name of each."""
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return it."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        if cmd_name == "drift" or ELSEWHERE[cmd_name] in ("trimtab.cli.registry", "trimtab.cli.retention"):
            _find_registry()
        command: click.Command = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name)
        return command


def _find_registry() -> None:
    """Take the MLflow of the project's running local stack where no other one is named."""
    if os.environ.get("MLFLOW_TRACKING_URI", "").strip():
        return
    from trimtab.local.state_folder import running_mlflow

    address = running_mlflow(Path.cwd())
    if address:
        os.environ["MLFLOW_TRACKING_URI"] = address


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trimtab")
def cli() -> None:
    """Airflow runs a DVC pipeline, gates stop bad data and bad models, MLflow holds what passed."""


@cli.command()
@click.option(
    "--from",
    "start",
    type=click.DateTime(["%Y-%m-%d"]),
    default=START,
    show_default=True,
    help="First logical date.",
)
@click.option(
    "--until",
    "end",
    type=click.DateTime(["%Y-%m-%d"]),
    default=END,
    show_default=True,
    help="Last logical date.",
)
def loop(start: datetime, end: datetime) -> None:
    """Play the main job on a local Airflow and MLflow: train, watch for drift, retrain."""
    from trimtab.local.loop import Loop
    from trimtab.local.servers import running
    from trimtab.local.state_folder import Home
    from trimtab.local.summary import show_summary
    from trimtab.terminal import Console

    console, project = Console(), Path.cwd()
    with Home(project) as home:
        aside = home.new_world()
        if aside:
            console.print(f"The state of the last time is kept in {aside}", style="dim")
        with running(project, home, console) as stack:
            console.print(f"Airflow {stack.airflow_url}   MLflow {stack.mlflow_url}\n")
            play = Loop(stack, home, console)
            play.play(start.date(), end.date())
    show_summary(console, play.versions, play.verdicts, play.pages)


@cli.command()
def up() -> None:
    """Run Airflow and MLflow with the state of the last time, until Ctrl-C."""
    from trimtab.local.servers import running
    from trimtab.local.state_folder import Home
    from trimtab.terminal import Console

    console, project = Console(), Path.cwd()
    with Home(project) as home, running(project, home, console) as stack:
        console.print(f"\n  Airflow  {stack.airflow_url}\n  MLflow   {stack.mlflow_url}\n\nCtrl-C ends both.")
        stack.keep_running(console)


@cli.command()
@click.option(
    "--json",
    "folder",
    type=click.Path(path_type=Path),
    is_flag=False,
    flag_value=".",
    metavar="[DIR]",
    help="For programs: every stage and edge of the project in DIR.  [default: the current folder]",
)
def dag(folder: Path | None) -> None:
    """Show the stages in order, and what each depends on."""
    from trimtab.pipeline.graph import Project, as_json, as_table
    from trimtab.terminal import Console

    if folder is None:
        graph = Project(Path.cwd()).graph()
        Console().print(as_table(graph) if graph.stages or graph.sources else "no stages")
    else:
        echo(as_json(Project(folder).graph()))


def main() -> None:
    """Run the command line; an error on purpose is a message, not a stack trace."""
    # Being ended is like Ctrl-C: whatever was started is ended too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Memory goes back as a whole: to look through what was imported for garbage may take most of a second.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a log's encoding lacks must not end a run
            stream.reconfigure(errors="replace")
    if logging.lastResort:  # what goes to the terminal where nobody has set up logging
        logging.lastResort.setFormatter(VisibleFormatter())
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as err:
        err.show()
        sys.exit(err.exit_code)
    except (KeyboardInterrupt, click.Abort):
        echo("Interrupted", fg="yellow", err=True)
        sys.exit(130)
    except (TrimtabError, UnicodeEncodeError) as err:
        told = not_utf8(err) if isinstance(err, UnicodeEncodeError) else err
        echo(str(told), fg="red", err=True)
        sys.exit(told.exits_with)
