"""The command line: what Airflow does, without Airflow.

The module of a command is imported when the command is called. What a command needs is imported when it runs.
So `trimtab` starts fast where a gate is a stage, and where a run has nothing to do.
"""

from __future__ import annotations

import atexit
import gc
import io
import logging
import os
import signal
import sys
from importlib import import_module
from pathlib import Path

import click

from trimtab.cli.extras import missing_extra
from trimtab.errors import TrimtabError, not_utf8
from trimtab.escaping import echo, visible

COMMAND_MODULES = {
    "backup": "trimtab.cli.retention",
    "checkout": "trimtab.cli.pipeline",
    "compare": "trimtab.cli.registry",
    "debug": "trimtab.cli.diagnosis",
    "doctor": "trimtab.cli.doctor",
    "drift": "trimtab.cli.drift",
    "gate": "trimtab.cli.gates",
    "loop": "trimtab.cli.servers",
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
    "up": "trimtab.cli.servers",
    "verify": "trimtab.cli.retention",
    "why": "trimtab.cli.diagnosis",
}
CALLED = "trimtab.called"  # key of click's context


class EscapingFormatter(logging.Formatter):
    """Writes the control characters of a log message out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, as safe for a terminal as the output of the commands."""
        return visible(super().format(record))


class LazyCommands(click.Group):
    """A group of commands whose modules are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *COMMAND_MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return the command."""
        if cmd_name not in COMMAND_MODULES:
            return super().get_command(ctx, cmd_name)
        module = COMMAND_MODULES[cmd_name]
        if cmd_name in ("doctor", "drift") or module in ("trimtab.cli.registry", "trimtab.cli.retention"):
            _use_running_mlflow()
        command: click.Command = getattr(import_module(module), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the called command, and keep its words for an error message."""
        ctx.meta[CALLED] = args[:2]
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the called command.

        Raises:
            MissingExtraError: The command needs a package that is not installed.
        """
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as err:
            error = missing_extra(ctx.meta.get(CALLED, []), err)
            if error is None:
                raise
            raise error from err


def _use_running_mlflow() -> None:
    """Point MLFLOW_TRACKING_URI at the MLflow of the project's running local servers, unless it is set."""
    if os.environ.get("MLFLOW_TRACKING_URI", "").strip():
        return
    from trimtab.local.state_folder import running_mlflow

    address = running_mlflow(Path.cwd())
    if address:
        os.environ["MLFLOW_TRACKING_URI"] = address


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trimtab")
def cli() -> None:
    """Airflow runs a DVC pipeline, gates stop bad data and bad models, MLflow holds what passed."""


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
    from trimtab.pipeline.graph import Project, graph_to_json, graph_to_table
    from trimtab.terminal import Console

    if folder is None:
        graph = Project(Path.cwd()).graph()
        Console().print(graph_to_table(graph) if graph.stages or graph.sources else "no stages")
    else:
        echo(graph_to_json(Project(folder).graph()))


def main() -> None:
    """Run the command line. An error of the library is printed as a message, not as a stack trace."""
    # SIGTERM is handled like Ctrl-C: the processes that were started are ended too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A last garbage collection over all imported modules may take most of a second. The process ends anyway.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a character the log's encoding lacks must not end a run
            stream.reconfigure(errors="replace")
    if logging.lastResort:  # the handler that writes to the terminal where logging is not set up
        logging.lastResort.setFormatter(EscapingFormatter())
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as err:
        err.show()
        sys.exit(err.exit_code)
    except (KeyboardInterrupt, click.Abort):
        echo("Interrupted", fg="yellow", err=True)
        sys.exit(130)
    except (TrimtabError, UnicodeEncodeError) as err:
        error = not_utf8(err) if isinstance(err, UnicodeEncodeError) else err
        echo(str(error), fg="red", err=True)
        sys.exit(error.exit_code)
