"""The commands ``trimtab plan``, ``run`` and ``checkout``, which need no Airflow."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.pipeline.graph import Graph

targets_argument = click.argument("targets", nargs=-1, metavar="[STAGE]...")
downstream_option = click.option(
    "--downstream",
    is_flag=True,
    help="Only the targets and their downstream stages, as with `dvc repro --downstream`.",
)
all_option = click.option(
    "--all-pipelines",
    "-P",
    is_flag=True,
    help="All dvc.yaml files of the project, not only the one in the working directory.",
)
force_option = click.option("--force", "-f", is_flag=True, help="Run stages even if they are unchanged.")


@click.command()
@targets_argument
@downstream_option
@all_option
@force_option
@click.option("--json", "as_json", is_flag=True, help="Print the state and the reason of each stage as JSON.")
def plan(targets: tuple[str, ...], downstream: bool, all_pipelines: bool, force: bool, as_json: bool) -> None:
    """Show which stages a run of the checkout would run, and why. Nothing is run."""
    from rich.table import Table

    from trimtab.pipeline.execution import make_plan
    from trimtab.pipeline.git import pin_revision
    from trimtab.pipeline.graph import Project
    from trimtab.terminal import Console, Text

    project = Project.find(Path.cwd())
    whole = project.graph()
    names = [
        stage.name for stage in _selected(whole, project.root, targets, downstream, all_pipelines).stages
    ]
    forced = names if force else []
    planned = make_plan(
        project.root, pin_revision(project.root), whole.with_upstream(tuple(names)), force=forced
    ).only(names)
    if as_json:
        echo(json.dumps(planned.to_dict(), indent=2))
        return
    if not planned.steps:
        echo("no stages to run")
        return
    table = Table("stage", "state", "reason", box=None, pad_edge=False)
    for step in planned.steps:
        table.add_row(step.stage, Text(step.state, "cyan" if step.entry else "yellow"), step.reason)
    Console().print(table)


@click.command()
@targets_argument
@downstream_option
@all_option
@force_option
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Maximum number of stages that run at the same time.",
)
def run(targets: tuple[str, ...], downstream: bool, all_pipelines: bool, force: bool, jobs: int) -> None:
    """Reproduce stages as `dvc repro` does, but faster and in parallel.

    Outputs, dvc.lock and the run cache equal those of `dvc repro`. Without a STAGE, the stages of the
    dvc.yaml in the working directory and everything upstream of them are reproduced.
    """
    from trimtab.pipeline.execution import Progress
    from trimtab.pipeline.execution import run as run_graph
    from trimtab.pipeline.graph import (
        Project,
        check_candidates,
        check_gates,
        require_code_dependencies,
    )
    from trimtab.terminal import Console

    project = Project.find(Path.cwd())
    graph = _selected(project.graph(), project.root, targets, downstream, all_pipelines)
    check_gates(graph)
    check_candidates(graph)
    require_code_dependencies(project.root, graph)
    with Progress(Console(), len(graph.stages)) as progress:
        run_graph(project.root, graph, jobs=jobs, force=force, listener=progress)


@click.command()
@click.argument("run")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def checkout(run: str, folder: Path | None) -> None:
    """Check out a recorded RUN into a new FOLDER: its code, params, lock file and data.

    All stages are up to date there: `dvc repro` runs nothing.

    RUN is `<dag id>/<run id>`, a name that `dvc exp show` lists, or a commit. Without a FOLDER, the new
    folder is beside the repository. It has the whole repository; the path of the project in it is printed.
    """
    from trimtab.pipeline.graph import Project, find_repository
    from trimtab.pipeline.record import check_out, experiment_name

    root = Project(Path.cwd()).root
    repository = find_repository(root) or root
    folder = folder or repository.parent / f"{root.name}-{experiment_name(run)}"
    commit = check_out(root, run, folder)
    quoted = shlex.quote(str(folder))
    project = folder / root.relative_to(repository)
    echo(f"{project}: {commit}\nto remove it: `git worktree remove {quoted}`")


def _selected(
    graph: Graph, root: Path, targets: tuple[str, ...], downstream: bool, all_pipelines: bool
) -> Graph:
    from trimtab.pipeline.graph import select_for_repro

    if not all_pipelines:
        return select_for_repro(graph, root, targets, downstream=downstream)
    if targets or downstream:
        raise click.UsageError(
            "--all-pipelines runs every stage: remove the STAGE arguments and --downstream"
        )
    return graph
