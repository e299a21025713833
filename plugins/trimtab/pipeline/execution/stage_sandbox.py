"""Sandbox: a temporary checkout of one revision, for one task."""

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
from trimtab.pipeline.execution.process import exit_on_sigterm
from trimtab.pipeline.execution.watchdog import watchdog
from trimtab.pipeline.git import Revision, clone, ensure_revision
from trimtab.pipeline.graph import Graph, Project
from trimtab.pipeline.worktree import WorkTree
from trimtab.user_cache import cache_folder

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.state import StateBase

log = logging.getLogger(__name__)


@contextlib.contextmanager
def sandbox(root: Path, revision: Revision, *, keep: bool = False) -> Iterator[WorkTree]:
    """Open a project's revision as a DVC repository of its own.

    It shares git objects and DVC's cache with the project. It does not share files, locks, index or hash
    database. While it is open, its root is the working directory, on which DVC's addresses and the imports of
    a stage depend.

    Args:
        root: The project's root.
        revision: The revision to check out.
        keep: Keep its files when it is closed, for a person.

    Yields:
        The checkout.

    Raises:
        ProjectError: The repository does not hold the revision.
    """
    from dvc.repo import Repo

    root = root.resolve()
    ensure_revision(root, revision)
    with exit_on_sigterm(), _temporary_folder(keep=keep) as folder:
        project = clone(root, revision.sha, folder / "checkout")
        if not (project / ".dvc").is_dir():
            raise ProjectError(
                "The revision holds no .dvc folder",
                where=f"{root} at {revision.sha[:12]}",
                fix="commit .dvc/config",
            )
        share_cache(root, project, site=folder / "site")
        with contextlib.chdir(project), Repo(str(project)) as repo, _intact_objects(root, repo) as intact:
            yield WorkTree(repo, home=root, intact=intact, disposable=True)


@contextlib.contextmanager
def _intact_objects(root: Path, repo: Repo) -> Iterator[StateBase]:
    """Open the project's database of cache objects that are intact; a sandbox's own, if it is corrupt."""
    folder = cache_folder(root, "objects")
    try:
        database = open_hash_database(root, folder)
    except (OSError, sqlite3.Error):
        yield repo.state
        return
    try:
        yield database
    finally:
        database.close()


@contextlib.contextmanager
def _temporary_folder(*, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.gettempdir()).resolve() / f"trimtab-{secrets.token_hex(8)}"
    watchdog.send("+folder", folder)  # before mkdir: a process killed in between would leave the folder
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
        # A process may still write into it; the watchdog ends that, and removes it.
        if keep or not folder.exists():
            watchdog.send("-folder", folder)


def graph_in(tree: WorkTree) -> Graph:
    """Return the graph of a sandbox. The project's cache of graphs is used."""
    return Project(tree.root, home=tree.home).graph()


def share_cache(root: Path, project: Path, *, site: Path | None = None) -> None:
    """Configure another checkout to use the project's cache and remotes.

    The project's ``.dvc/config.local`` (remotes, credentials) is copied. Relative paths become absolute.

    Args:
        root: The project's root.
        project: The root of the other checkout.
        site: The other checkout's folder for DVC's hash database; DVC's default, if not given.
    """
    from configobj import ConfigObj
    from dvc.config import Config

    local = root / ".dvc" / "config.local"
    if local.exists():
        shutil.copy2(local, project / ".dvc" / "config.local")
    project_config = Config(str(root / ".dvc"))
    # DVC itself would write ASCII only, and paths may have other characters.
    config = ConfigObj(str(project / ".dvc" / "config.local"), encoding="utf-8")
    config.setdefault("cache", {})["dir"] = str(project_config["cache"].get("dir") or root / ".dvc" / "cache")
    for name, remote in project_config["remote"].items():
        paths = {key: str(value) for key, value in remote.items() if is_relative_path(value)}
        if paths:
            config.setdefault(f'remote "{name}"', {}).update(paths)
    if site:
        config.setdefault("core", {})["site_cache_dir"] = str(site)
    config.write()
