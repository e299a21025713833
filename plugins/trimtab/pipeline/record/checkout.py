"""Put a recorded run into a folder of its own: its code, params, lock and data."""

from __future__ import annotations

import contextlib
from pathlib import Path

from trimtab.errors import ProjectError, StageError, closest
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution import share_cache
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import Project
from trimtab.pipeline.record.record import experiment_name
from trimtab.pipeline.worktree import WorkTree

RECORDS = "refs/exps"


def check_out(root: Path, run: str, folder: Path) -> str:
    """Make a git worktree of a recorded run, in which ``dvc repro`` has nothing to do.

    Args:
        root: The project's root.
        run: The run: ``<dag id>/<run id>``, its name in ``dvc exp show``, or a commit.
        folder: Where; there must be nothing yet.

    Returns:
        The commit.

    Raises:
        ProjectError: There is no such run, the folder is in use, or its data is nowhere to be found.
    """
    commit = find_run(root, run)
    if folder.exists():
        raise ProjectError("There is something already", where=str(folder), fix="name a new folder")
    git(root, "worktree", "add", "--quiet", "--detach", str(folder.absolute()), commit)
    try:
        _fill(root, folder.absolute() / git(root, "rev-parse", "--show-prefix"), run)
    except BaseException:
        git(root, "worktree", "remove", "--force", str(folder.absolute()))
        raise
    return commit


def find_run(root: Path, run: str) -> str:
    """Return the commit of a recorded run.

    Raises:
        ProjectError: There is none of that name.
    """
    refs = git(root, "for-each-ref", "--sort=-committerdate", "--format=%(objectname) %(refname)", RECORDS)
    lines = [line.partition(" ") for line in refs.splitlines()]
    runs = {ref.rpartition("/")[2]: sha for sha, _, ref in lines}
    wanted = experiment_name(run.replace("/", "-"))
    if wanted in runs:
        return runs[wanted]
    with contextlib.suppress(ProjectError):
        return git(root, "rev-parse", "--verify", "--quiet", f"{run}^{{commit}}")
    raise ProjectError(
        f"There is no run '{run}'{closest(wanted, runs)}",
        where=str(root),
        fix="`dvc exp show` lists the runs; `git fetch origin 'refs/exps/*:refs/exps/*'` brings others",
    )


def _fill(root: Path, project: Path, run: str) -> None:
    """Bring all data of what is checked out."""
    from dvc.repo import Repo

    share_cache(root, project)
    with contextlib.chdir(project), refusals(ProjectError, where=f"run {run}"), Repo(str(project)) as repo:
        tree, graph = WorkTree(repo, home=root), Project(project).graph()
        try:
            for source in graph.sources:
                tree.bring(tree.source(source), where=f"'{source.name}'")
            for stage in graph.stages:
                made = tree.contents(stage, tree.locked(stage))
                cached = {out.path: made[out.path] for out in stage.outs if out.cache and out.path in made}
                tree.bring(cached, where=f"stage '{stage.name}'")
        except StageError as err:
            raise ProjectError(err.what, where=f"{err.where} of run {run}", fix=err.fix) from err
