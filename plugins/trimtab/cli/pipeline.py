"""The commands ``trimtab plan``, ``run``, ``dag`` and ``checkout``, which need no Airflow."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.completion import complete_run, complete_stage
from trimtab.cli.json_output import JSON, json_option, print_json
from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.pipeline.graph import Graph

targets_argument = click.argument("targets", nargs=-1, metavar="[STAGE]...", shell_complete=complete_stage)
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


@click.command(epilog=example("trimtab plan train"))
@targets_argument
@downstream_option
@all_option
@force_option
@json_option
@click.option(
    "--allow-missing",
    is_flag=True,
    help="Outputs that dvc.lock names need not be in the cache, as with `dvc repro --allow-missing`.",
)
@click.option("--markdown", is_flag=True, help="Print the plan as a comment on a change.")
def plan(
    targets: tuple[str, ...],
    downstream: bool,
    all_pipelines: bool,
    force: bool,
    as_json: bool,
    allow_missing: bool,
    markdown: bool,
) -> None:
    """Show which stages a run would run, and why. Nothing is run.

    The last lines are the totals, and the models that a stage to run writes.
    """
    from rich.table import Table

    from trimtab.cli.plan_comment import plan_comment
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
        project.root,
        pin_revision(project.root),
        whole.with_upstream(tuple(names)),
        force=forced,
        allow_missing=allow_missing,
    ).only(names)
    models = planned.trained_models(whole)
    if as_json:
        print_json("plan", {**planned.to_dict(), "totals": planned.totals, "models": models})
        return
    if markdown:
        echo(plan_comment(planned, project.root.name, models))
        return
    if not planned.steps:
        echo("no stages to run")
        return
    table = Table("stage", "state", "reason", box=None, pad_edge=False)
    for step in planned.steps:
        table.add_row(step.stage, Text(step.state, "cyan" if step.entry else "yellow"), step.reason)
    Console().print(table)
    totals = planned.totals
    echo(f"\nPlan: {totals['run']} to run, {totals['restore']} to restore, {totals['unchanged']} unchanged.")
    if models:
        echo(f"Models to train: {', '.join(models)}.")


@click.command(epilog=example("trimtab run --jobs 4"))
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
@json_option
def run(
    targets: tuple[str, ...], downstream: bool, all_pipelines: bool, force: bool, jobs: int, as_json: bool
) -> None:
    """Reproduce stages as `dvc repro` does, but in parallel.

    Outputs, dvc.lock and the run cache equal those of `dvc repro`. Without a STAGE, the stages of the
    dvc.yaml in the working directory and everything upstream of them are reproduced.
    """
    from trimtab.lineage_events import observe_lineage
    from trimtab.pipeline.execution import Progress, observe_run
    from trimtab.pipeline.execution import run as run_graph
    from trimtab.pipeline.graph import (
        Project,
        check_candidates,
        check_environment_locks,
        check_environments,
        check_gates,
        require_code_dependencies,
    )
    from trimtab.terminal import Console

    project = Project.find(Path.cwd())
    graph = _selected(project.graph(), project.root, targets, downstream, all_pipelines)
    check_gates(graph)
    check_environments(graph)
    check_candidates(graph)
    require_code_dependencies(project.root, graph)
    check_environment_locks(project.root, graph)
    with (
        Progress(Console(stderr=as_json), len(graph.stages)) as progress,
        observe_run(project.root.name),
        observe_lineage(project.root, graph, project.root.name, progress) as listener,
    ):
        outcomes = run_graph(project.root, graph, jobs=jobs, force=force, listener=listener)
    if as_json:
        stages = [
            {"stage": stage.name, "state": outcomes[stage.name].state, "reason": outcomes[stage.name].reason}
            for stage in graph.stages
        ]
        print_json("run", {"stages": stages})


@click.command(epilog=example("trimtab dag"))
@click.option(
    JSON,
    "folder",
    type=click.Path(path_type=Path),
    is_flag=False,
    flag_value=".",
    metavar="[DIR]",
    help="Print one JSON object, for programs: the stages and edges of the project in DIR."
    "  [default: the current folder]",
)
def dag(folder: Path | None) -> None:
    """Show the stages in order, and what each depends on."""
    from trimtab.pipeline.graph import Project, describe_graph, describe_pipelines, graph_to_table
    from trimtab.terminal import Console

    if folder is not None:
        print_json("dag", describe_graph(Project(folder).graph()))
        return
    graph = Project(Path.cwd()).graph()
    if graph.stages or graph.sources:
        Console().print(graph_to_table(graph))
    else:
        echo("; ".join(filter(None, ("no stages", describe_pipelines(Path.cwd())))))


@click.command(epilog=example("trimtab checkout training/manual__2024-06-01 ../june"))
@click.argument("run", shell_complete=complete_run)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@json_option
def checkout(run: str, folder: Path | None, as_json: bool) -> None:
    """Check out a recorded RUN into a new FOLDER.

    It has the code, params, lock file and data of the run. All stages are up to date there: `dvc repro` runs
    nothing.

    RUN is `<dag id>/<run id>`, a name that `dvc exp show` lists, or a commit. Without a FOLDER, the new
    folder is beside the repository. It has the whole repository; the path of the project in it is printed.
    """
    from trimtab.pipeline.graph import Project, find_repository
    from trimtab.pipeline.record import check_out, experiment_name

    root = Project(Path.cwd()).root
    repository = find_repository(root) or root
    folder = folder or repository.parent / f"{root.name}-{experiment_name(run)}"
    commit = check_out(root, run, folder)
    if as_json:
        print_json("checkout", {"folder": str(folder), "commit": commit})
        return
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
