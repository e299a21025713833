"""The command ``trimtab new``: a pipeline from a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.escaping import echo, visible
from trimtab.time_window import FREQUENCIES

if TYPE_CHECKING:
    from trimtab.scaffold import CreatedPipeline

TABLE = "CSV or Parquet file, or a folder of them"


@click.command(epilog=example("trimtab new late_orders --data orders.csv --label late"))
@click.argument("name", required=False)
@click.option("--data", type=click.Path(path_type=Path), metavar="FILE", help=f"The table: a {TABLE}.")
@click.option("--label", metavar="COLUMN", help="The column to predict.")
@click.option("--time", metavar="COLUMN", help="The column of the time.  [default: the only one there is]")
@click.option("--no-time", is_flag=True, help="No windows of time: hold out a share of the rows.")
@click.option(
    "--problem-type",
    metavar="TYPE",
    help="binary, multiclass or regression.  [default: guessed from the label]",
)
@click.option(
    "--every",
    type=click.Choice(list(FREQUENCIES)),
    help="How often a window begins.  [default: guessed, so that there are enough windows]",
)
@click.option(
    "--template",
    metavar="SOURCE",
    help="For a new project: the template's git repository.  [default: that of this library]",
)
@click.option(
    "--from-example",
    metavar="EXAMPLE",
    help="Make a project with an example of the template as it is, instead of a pipeline from a table.",
)
@json_option
def new(
    name: str | None,
    data: Path | None,
    label: str | None,
    time: str | None,
    no_time: bool,
    problem_type: str | None,
    every: str | None,
    template: str | None,
    from_example: str | None,
    as_json: bool,
) -> None:
    """Make a runnable pipeline NAME from a table.

    It has stages, gates, a model, a baseline, DAGs and tests. What was guessed is listed, with the line to
    change. Nothing is committed. What is not given is asked for at a terminal. In an empty folder, a whole
    project is made first.
    """
    from trimtab.pipeline.execution import Progress
    from trimtab.scaffold import Request, create_pipeline, design_pipeline, require_free, require_name
    from trimtab.terminal import Console

    if from_example:
        if name or data or label:
            raise click.UsageError(
                "--from-example makes a project without a table: remove NAME and the columns"
            )
        _make_project(Path.cwd(), template, from_example)
        if as_json:
            print_json("new", {"folder": str(Path.cwd()), "example": from_example})
        return
    if no_time and (time or every):
        raise click.UsageError("--no-time makes a pipeline without windows: remove --time and --every")
    name = name or _ask("NAME", "Name of the pipeline")
    require_name(name)
    repository = _repository()
    if repository:
        require_free(repository, name)
    data = data or Path(_ask("--data", TABLE))
    label = label or _ask("--label", "Column to predict")
    design = design_pipeline(Request(name, data, label, time, no_time, problem_type, every))
    console, in_new_project = Console(stderr=as_json), repository is None
    if repository is None:
        repository = _make_project(Path.cwd(), template)
    console.print(f"{len(design.source.frame):,} rows; models are measured on several hold-outs …")
    try:
        with Progress(console, len(design.stages)) as progress:
            created = create_pipeline(design, repository, progress)
    except BaseException:  # Ctrl-C too
        kept = "the new project stays, repeat the command in it" if in_new_project else "nothing was changed"
        echo(f"The pipeline was not made: {kept}", fg="yellow", err=True)
        raise
    if as_json:
        print_json("new", created.to_dict())
    else:
        _report(created)


def _ask(option: str, question: str) -> str:
    """Ask for what was not given.

    Raises:
        UsageError: There is no terminal to ask at.
    """
    if not sys.stdin.isatty():
        raise click.UsageError(f"{option} is missing")
    return str(click.prompt(visible(question)))


def _repository() -> Path | None:
    """Return the root of the git repository in which the pipeline is made; None for a new project.

    Raises:
        ProjectError: The folder is in no repository, and is not empty.
    """
    from trimtab.errors import ProjectError
    from trimtab.pipeline.graph import find_repository

    here = Path.cwd()
    if all(path.name == ".git" for path in here.iterdir()):
        return None
    repository = find_repository(here)
    if repository is None:
        raise ProjectError(
            "The folder is in no git repository, and is not empty",
            where=str(here),
            fix="go to the folder of a project, or to an empty folder for a new one",
        )
    return repository


def _make_project(folder: Path, template: str | None, example: str | None = None) -> Path:
    from trimtab.template import create_project

    create_project(folder, template=template, example=example)
    echo(f"{folder}: a new project", err=True)
    return folder


def _report(created: CreatedPipeline) -> None:
    """Print what was guessed, what was found, and the next commands."""
    from rich.table import Table

    from trimtab.terminal import Console

    table = Table("guessed", "value", "why", "change it in", box=None, pad_edge=False)
    for guess, place in created.guesses():
        table.add_row(guess.what, guess.value, guess.why, place)
    Console().print(table)
    if not created.beats_baseline:
        echo("\nThe model is not surely better than the baseline: see `gain` in params.yaml.", fg="yellow")
    echo("\nNext:")
    for command in created.next_commands():
        echo(f"  {command}")
