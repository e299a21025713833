"""A checkout of one revision that nothing else uses, thrown away afterwards."""

from __future__ import annotations

import contextlib
import logging
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ProjectError
from trimtab.pipeline.dvc_compat import is_relative_path, open_hash_database
from trimtab.pipeline.execution.process import terminable
from trimtab.pipeline.execution.watchdog import watchdog
from trimtab.pipeline.git import Revision, available, clone
from trimtab.pipeline.graph import Graph, Project
from trimtab.pipeline.worktree import WorkTree
from trimtab.user_cache import cache_folder

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.state import StateBase

log = logging.getLogger(__name__)


@contextlib.contextmanager
def sandbox(root: Path, revision: Revision) -> Iterator[WorkTree]:
    """Open a project's revision as a DVC repository of its own.

    It shares git objects and DVC's cache with the project, and nothing else: not its files, locks, index or
    hash database. The working directory is its root while it is open, since DVC's addresses and a stage's
    imports depend on it.

    Args:
        root: The project's root.
        revision: What is checked out.

    Yields:
        The sandbox's files.

    Raises:
        ProjectError: The repository does not hold the revision.
    """
    from dvc.repo import Repo

    root = root.resolve()
    available(root, revision)
    with terminable(), _temporary_folder() as folder:
        project = clone(root, revision.sha, folder / "checkout")
        if not (project / ".dvc").is_dir():
            raise ProjectError(
                "The revision holds no .dvc folder",
                where=f"{root} at {revision.sha[:12]}",
                fix="commit .dvc/config",
            )
        share_cache(root, project, site=folder / "site")
        with contextlib.chdir(project), Repo(str(project)) as repo, _known_objects(root, repo) as intact:
            yield WorkTree(repo, home=root, intact=intact, disposable=True)


@contextlib.contextmanager
def _known_objects(root: Path, repo: Repo) -> Iterator[StateBase]:
    """Open the project's memory of which objects of the cache were seen to be intact."""
    folder = cache_folder(root, "objects")
    try:
        state = open_hash_database(root, folder)
    except (OSError, sqlite3.Error):  # one that is torn is done without
        yield repo.state
        return
    try:
        yield state
    finally:
        state.close()


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.gettempdir()).resolve() / f"trimtab-{secrets.token_hex(8)}"
    watchdog.tell("+folder", folder)  # before it is there: killed in between, nobody would remove it
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        watchdog.tell("-folder", folder)


def graph_in(tree: WorkTree) -> Graph:
    """Return the graph of what a sandbox holds; the project's cache of graphs serves it too."""
    return Project(tree.root, home=tree.home).graph()


def share_cache(root: Path, project: Path, *, site: Path | None = None) -> None:
    """Point another checkout at the project's cache, and at remotes that are folders beside it.

    The project's own ``.dvc/config.local`` (remotes, credentials) comes along.

    Args:
        root: The project's root.
        project: The other checkout's.
        site: Where that one keeps DVC's hash database, if not where DVC keeps it.
    """
    from configobj import ConfigObj
    from dvc.config import Config

    local = root / ".dvc" / "config.local"
    if local.exists():
        shutil.copy2(local, project / ".dvc" / "config.local")
    settings = Config(str(root / ".dvc"))
    # Not written by DVC, which writes ASCII only, whatever the folders are called.
    config = ConfigObj(str(project / ".dvc" / "config.local"), encoding="utf-8")
    config.setdefault("cache", {})["dir"] = str(settings["cache"].get("dir") or root / ".dvc" / "cache")
    for name, remote in settings["remote"].items():
        relative = {key: str(value) for key, value in remote.items() if is_relative_path(value)}
        if relative:  # to the project's own folder
            config.setdefault(f'remote "{name}"', {}).update(relative)
    if site:
        config.setdefault("core", {})["site_cache_dir"] = str(site)
    config.write()
