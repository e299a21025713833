"""Check out a recorded run into a new folder: code, params, ``dvc.lock`` and data."""

from __future__ import annotations

import contextlib
from pathlib import Path

from trimtab.errors import ProjectError, RemoteError, StageError, closest
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution import share_cache
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import Project
from trimtab.pipeline.record.record import experiment_name, list_runs
from trimtab.pipeline.record.shared_records import fetch_record
from trimtab.pipeline.worktree import WorkTree


class NoRunError(ProjectError):
    """No run of a name is recorded in the repository."""


def check_out(root: Path, run: str, folder: Path) -> str:
    """Create a git worktree of a recorded run. ``dvc repro`` is up to date in it.

    Args:
        root: The project's root.
        run: ``<dag id>/<run id>``, the run's name in ``dvc exp show``, or a commit.
        folder: The new folder; it must not exist.

    Returns:
        The commit.

    Raises:
        ProjectError: There is no such run, the folder exists, or data is in neither cache nor remote.
    """
    commit = find_run(root, run)
    if folder.exists():
        raise ProjectError(f"The output folder exists: {folder}", where=str(root), fix="name a new folder")
    # git still lists a worktree whose folder a user has removed; with --force, the new one takes its place.
    git(root, "worktree", "add", "--quiet", "--force", "--detach", str(folder.absolute()), commit)
    try:
        _check_out_data(root, folder.absolute() / git(root, "rev-parse", "--show-prefix"), run)
    except BaseException:
        git(root, "worktree", "remove", "--force", str(folder.absolute()))
        raise
    return commit


def find_run(root: Path, run: str) -> str:
    """Return the commit of a recorded run; it is fetched from the DVC remote if another host recorded it.

    Raises:
        NoRunError: There is no run of that name, here or in the remote; or the remote cannot be asked.
        ProjectError: The record in the remote is not valid, or its revision is no commit of the project.
        StageError: It holds a file that no run may add to its revision.
    """
    runs = list_runs(root)
    name = experiment_name(run.replace("/", "-"))
    if name in runs:
        return runs[name]
    with contextlib.suppress(ProjectError):
        return git(root, "rev-parse", "--verify", "--quiet", f"{run}^{{commit}}")
    try:
        shared, problem = fetch_record(root, name), ""
    except RemoteError as err:
        shared, problem = None, f"; the remote could not be asked: {err.what} ({err.where})"
    if shared:
        return shared
    raise NoRunError(
        f"There is no run '{run}'{closest(name, runs)}{problem}",
        where=str(root),
        fix="`trimtab fetch` fetches the runs of other hosts, and `dvc exp show` lists all",
    )


def _check_out_data(root: Path, project: Path, run: str) -> None:
    """Check out the data of a git worktree."""
    from dvc.repo import Repo

    share_cache(root, project)
    with contextlib.chdir(project), refusals(ProjectError, where=f"run {run}"), Repo(str(project)) as repo:
        tree, graph = WorkTree(repo, home=root), Project(project).graph()
        try:
            for source in graph.sources:
                tree.check_out(tree.source_contents(source), where=f"'{source.name}'")
            for stage in graph.stages:
                outputs = tree.output_contents(stage, tree.locked(stage))
                cached = {
                    out.path: outputs[out.path] for out in stage.outs if out.cache and out.path in outputs
                }
                tree.check_out(cached, where=f"stage '{stage.name}'")
        except StageError as err:
            raise ProjectError(err.what, where=f"{err.where} of run {run}", fix=err.fix) from err
