"""Commands of the engine without Airflow: plan, run, check out."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

targets_argument = click.argument("targets", nargs=-1, metavar="[STAGE]...")
downstream_option = click.option(
    "--downstream", is_flag=True, help="Also every stage that follows, as with `dvc repro --downstream`."
)
force_option = click.option("--force", "-f", is_flag=True, help="Run stages even if they are unchanged.")


@click.command()
@targets_argument
@downstream_option
@force_option
@click.option("--json", "as_json", is_flag=True, help="For programs: each stage's state and reason.")
def plan(targets: tuple[str, ...], downstream: bool, force: bool, as_json: bool) -> None:
    """Show what a run of the checkout would run, and why; nothing is run."""
    from rich.console import Console
    from rich.table import Table

    from trimtab.pipeline.plan import make_plan
    from trimtab.pipeline.project import Project
    from trimtab.pipeline.revision import pin
    from trimtab.pipeline.selection import select

    project = Project(Path.cwd())
    graph = select(project.graph(), targets, downstream=downstream)
    forced = [stage.name for stage in graph.stages] if force else []
    planned = make_plan(project.root, pin(project.root), graph, force=forced)
    if as_json:
        click.echo(json.dumps(planned.plain(), indent=2))
        return
    if not planned.steps:
        click.echo("no stages to run")
        return
    table = Table("stage", "state", "reason", box=None, pad_edge=False)
    for step in planned.steps:
        table.add_row(step.stage, f"[{'cyan' if step.entry else 'yellow'}]{step.state}[/]", step.reason)
    Console().print(table)


@click.command()
@targets_argument
@downstream_option
@force_option
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="Stages at a time.")
def run(targets: tuple[str, ...], downstream: bool, force: bool, jobs: int) -> None:
    """Do what `dvc repro` does, faster, and with stages side by side.

    Outputs, dvc.lock and the run cache are those `dvc repro` leaves.
    """
    from rich.console import Console

    from trimtab.pipeline.gatemeta import check_gates
    from trimtab.pipeline.progress import Progress
    from trimtab.pipeline.project import Project
    from trimtab.pipeline.run import run as run_graph
    from trimtab.pipeline.selection import select

    project = Project(Path.cwd())
    graph = select(project.graph(), targets, downstream=downstream)
    check_gates(graph)
    with Progress(Console(), len(graph.stages)) as progress:
        run_graph(project.root, graph, jobs=jobs, force=force, listener=progress)


@click.command()
@click.argument("run")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def checkout(run: str, folder: Path | None) -> None:
    """Put a recorded RUN into a new FOLDER: its code, params, lock and data.

    `dvc repro` there has nothing to do.

    RUN is `<dag id>/<run id>`, a name that `dvc exp show` lists, or a commit. FOLDER is, if not named, beside
    the project.
    """
    from trimtab.pipeline.checkout import check_out
    from trimtab.pipeline.project import Project
    from trimtab.pipeline.record import experiment_name

    root = Project(Path.cwd()).root
    folder = folder or root.parent / f"{root.name}-{experiment_name(run)}"
    commit = check_out(root, run, folder)
    again = shlex.quote(str(folder))
    click.echo(f"{folder}: {commit}\n`git worktree remove {again}` when it is no longer needed")
