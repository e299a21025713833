"""The command ``trimtab new``: a pipeline from a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.scaffold import CreatedPipeline


@click.command()
@click.argument("name", required=False)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The table: a CSV or Parquet file, or a folder of them.",
)
@click.option("--label", metavar="COLUMN", help="The column to predict.")
@click.option("--time", metavar="COLUMN", help="The column of the time.  [default: the only one there is]")
@click.option("--no-time", is_flag=True, help="No windows of time: hold out a share of the rows.")
@click.option(
    "--problem-type",
    type=click.Choice(["binary", "multiclass", "regression"]),
    help="What is predicted.  [default: guessed from the label]",
)
@click.option(
    "--every",
    type=click.Choice(["hour", "day", "week", "month", "year"]),
    help="How often a window begins.  [default: guessed, so that there are enough windows]",
)
def new(
    name: str | None,
    data: Path | None,
    label: str | None,
    time: str | None,
    no_time: bool,
    problem_type: str | None,
    every: str | None,
) -> None:
    """Make a runnable pipeline NAME from a table: stages, gates, model, DAGs and tests.

    In an empty folder, a whole project is made first. What was guessed is listed, with the line to change.
    Nothing is committed.
    """
    from trimtab.pipeline.execution import Progress
    from trimtab.scaffold import Request, create_pipeline, design_pipeline, require_free, require_name
    from trimtab.terminal import Console

    if no_time and (time or every):
        raise click.UsageError("--no-time makes a pipeline without windows: remove --time and --every")
    name = name or _ask("NAME", "Name of the pipeline")
    require_name(name)
    repository = _repository()
    if repository:
        require_free(repository, name)
    data = data or Path(_ask("--data", "CSV or Parquet file with the table"))
    label = label or _ask("--label", "Column to predict")
    request = Request(name, data, label, time, no_time, problem_type, every)
    design = design_pipeline(request)
    if repository is None:
        repository = _make_project(Path.cwd())
    console = Console()
    console.print(f"{len(design.source.frame):,} rows; measuring models on several hold-outs …")
    stages = 7 if design.time else 6
    with Progress(console, stages) as progress:
        created = create_pipeline(design, repository, progress)
    _report(created, console)


def _ask(option: str, question: str) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(f"{option} is missing")
    return str(click.prompt(question))


def _repository() -> Path | None:
    """Return the root of the git repository in which the pipeline is made; None for a new project.

    Raises:
        ProjectError: The folder is in no repository, and is not empty.
    """
    from trimtab.errors import ProjectError
    from trimtab.pipeline.git import git

    here = Path.cwd()
    if all(path.name == ".git" for path in here.iterdir()):
        return None
    try:
        return Path(git(here, "rev-parse", "--show-toplevel"))
    except ProjectError as err:
        raise ProjectError(
            "The folder is in no git repository, and is not empty",
            where=str(here),
            fix="go to the folder of a project, or to an empty folder for a new one",
        ) from err


def _make_project(folder: Path) -> Path:
    from trimtab.template import create_project

    create_project(folder)
    echo(f"{folder}: a new project")
    return folder


def _report(created: CreatedPipeline, console: object) -> None:
    """Print what was guessed, what was found, and the next commands."""
    from rich.table import Table

    from trimtab.scaffold.pipeline_creation import next_commands

    table = Table(
        "guessed", "value", "why", f"change it in pipelines/{created.design.name}", box=None, pad_edge=False
    )
    for guess, place in created.guesses():
        table.add_row(guess.what, guess.value, guess.why, place)
    console.print(table)
    if not created.beats_baseline:
        echo(
            "\nThe model is not surely better than the linear baseline: see `gain` in params.yaml.",
            fg="yellow",
        )
    echo("\nNext:")
    for command in next_commands(created.design):
        echo(f"  {command}")
