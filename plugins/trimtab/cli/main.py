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
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

from trimtab import telemetry
from trimtab.cli.command_groups import COMMAND_GROUPS, COMMAND_MODULES, example
from trimtab.cli.extras import missing_extra
from trimtab.cli.json_output import JSON, print_error
from trimtab.errors import TrimtabError, closest, not_utf8
from trimtab.escaping import echo, visible

CALLED = "trimtab.called"  # key of click's context
HELP = {"-h", "--help"}
MODULES_WITH_MLFLOW = ("trimtab.cli.incident", "trimtab.cli.registry", "trimtab.cli.retention")


class EscapingFormatter(logging.Formatter):
    """Writes the control characters of a log message out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, as safe for a terminal as the output of the commands."""
        return visible(super().format(record))


class LazyCommands(click.Group):
    """A group of commands whose modules are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMAND_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return the command."""
        if cmd_name not in COMMAND_MODULES:
            return None
        command: click.Command = getattr(import_module(COMMAND_MODULES[cmd_name]), cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by group; of a group such as `gate`, each of its commands."""
        groups = {
            title: [row for name in names for row in self._leaves(ctx, name)]
            for title, names in COMMAND_GROUPS.items()
        }
        width = max(len(path) for leaves in groups.values() for path, _ in leaves)
        for title, leaves in groups.items():
            with formatter.section(title):
                limit = formatter.width - width - 6  # the indentation and the gap of click's lists
                formatter.write_dl(
                    [(path.ljust(width), command.get_short_help_str(limit)) for path, command in leaves]
                )

    def _leaves(self, ctx: click.Context, name: str) -> Iterator[tuple[str, click.Command]]:
        """Yield a command, or the commands of a group of commands, with their paths."""
        command = self.get_command(ctx, name)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield name, command
            yield from ((f"{name} {inner}", command.commands[inner]) for inner in sorted(command.commands))
        elif command:
            yield name, command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the called command, and keep its words for an error message."""
        ctx.meta[CALLED] = args[:2]
        name = args[0]
        if not ctx.resilient_parsing:  # that is completion
            if name not in COMMAND_MODULES and not name.startswith("-"):
                known = {
                    *COMMAND_MODULES,
                    *(path for each in COMMAND_MODULES for path, _ in self._leaves(ctx, each)),
                }
                raise click.UsageError(f"There is no command '{name}'{closest(name, sorted(known))}", ctx)
            if _uses_mlflow(name) and not set(args) & HELP:
                _use_running_mlflow()
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


def _uses_mlflow(name: str) -> bool:
    return (
        name in ("doctor", "drift", "report", "slo", "status")
        or COMMAND_MODULES.get(name) in MODULES_WITH_MLFLOW
    )


def _use_running_mlflow() -> None:
    """Point MLFLOW_TRACKING_URI at the MLflow of the repository's running local servers, unless it is set."""
    if os.environ.get("MLFLOW_TRACKING_URI", "").strip():
        return
    from trimtab.local.played_pipelines import servers_root
    from trimtab.local.state_folder import running_mlflow

    address = running_mlflow(servers_root(Path.cwd()))
    if address:
        os.environ["MLFLOW_TRACKING_URI"] = address


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=example("trimtab plan --help"),
)
@click.version_option(package_name="trimtab")
def cli() -> None:
    """Airflow runs a DVC pipeline, gates stop bad data and bad models, MLflow holds what passed."""


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
    as_json = JSON in sys.argv  # the error may be one of the command line itself
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as err:
        print_error(err) if as_json else err.show()
        sys.exit(err.exit_code)
    except (KeyboardInterrupt, click.Abort):
        echo("Interrupted", fg="yellow", err=True)
        sys.exit(130)
    except (TrimtabError, UnicodeEncodeError) as err:
        error = not_utf8(err) if isinstance(err, UnicodeEncodeError) else err
        print_error(error) if as_json else echo(str(error), fg="red", err=True)
        sys.exit(error.exit_code)
    finally:
        telemetry.flush()
