"""The commands on past runs: `trimtab why` and `trimtab debug`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.completion import complete_run, complete_stage
from trimtab.cli.json_output import json_option, print_json
from trimtab.escaping import echo


@click.command(epilog=example("trimtab why training/scheduled__2024-07-01"))
@click.argument("run", shell_complete=complete_run)
@click.option(
    "--against",
    metavar="RUN",
    default="",
    help="The run to compare it with.  [default: the last good run of the pipeline before it]",
)
@json_option
def why(run: str, against: str, as_json: bool) -> None:
    """Show how RUN differs from the last good run.

    Data, code, params and environment; then what that changed: stages, verdicts of gates, metrics.

    RUN is `<dag id>/<run id>`, a name that `dvc exp show` lists, or a commit. A run that failed is read from
    Airflow.
    """
    from trimtab.diagnosis import explain, explanation_tables
    from trimtab.pipeline.graph import Project
    from trimtab.terminal import Console

    found = explain(Project.find(Path.cwd()).root, run, against=against)
    if as_json:
        print_json("why", found.to_dict())
        return
    console = Console()
    for each in explanation_tables(found):
        console.print(each)


@click.command(epilog=example("trimtab debug training/scheduled__2024-07-01 train"))
@click.argument("run", shell_complete=complete_run)
@click.argument("stage", shell_complete=complete_stage)
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--keep", is_flag=True, help="Keep the files of the sandbox when the shell ends.")
def debug(run: str, stage: str, command: tuple[str, ...], keep: bool) -> None:
    """Open a shell in the sandbox of a STAGE of RUN.

    It is as it was before the command of the stage.

    Code and params are those of the run's commit, the inputs are in place by hash. What you change there
    changes neither cache nor checkout. With `-- COMMAND...` that command runs instead of $SHELL.

    RUN is `<dag id>/<run id>`, a name that `dvc exp show` lists, or a commit. A run that failed is read from
    Airflow.
    """
    from trimtab.diagnosis import find_past_run, open_stage, run_in_stage
    from trimtab.pipeline.graph import Project

    root, begin = Project.find(Path.cwd()).root, time.monotonic()
    past = find_past_run(root, run, stage=stage)
    with open_stage(root, past, stage, keep=keep) as opened:
        echo(f"stage '{stage}' of {past.name}, commit {past.revision.sha[:12]}", err=True)
        for line in opened.differences:
            echo(f"here: {line}", err=True, fg="yellow")
        echo(f"folder: {opened.folder}, opened in {time.monotonic() - begin:.1f} s", err=True)
        echo("its command:\n" + "\n".join(f"  {each}" for each in opened.stage.cmd), err=True)
        code = run_in_stage(opened, command)
    if keep:
        echo(f"kept: {opened.root}", err=True)
    if command:
        sys.exit(code)
