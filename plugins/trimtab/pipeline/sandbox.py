"""A checkout of one revision that nothing else uses, thrown away afterwards."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trimtab.errors import ProjectError
from trimtab.pipeline.revision import git

log = logging.getLogger(__name__)


@contextlib.contextmanager
def sandbox(root: Path, revision: str) -> Iterator[Any]:
    """Open a project's revision as a DVC repository of its own.

    It shares git objects and DVC's cache with the project, and nothing else: not its files, locks, index or
    hash database. The working directory is its root while it is open, since DVC's addresses and a stage's
    imports depend on it.

    Args:
        root: The project's root.
        revision: A commit of the project's repository.

    Yields:
        The ``dvc.repo.Repo`` of the sandbox, locked.

    Raises:
        ProjectError: The repository does not hold the revision.
    """
    from dvc.repo import Repo, lock_repo

    top = git(root, "rev-parse", "--show-toplevel")
    prefix = git(root, "rev-parse", "--show-prefix")
    folder = Path(tempfile.mkdtemp(prefix="trimtab-"))
    try:
        git(root, "clone", "--quiet", "--shared", "--no-checkout", top, str(folder / "checkout"))
        git(folder / "checkout", "checkout", "--quiet", "--detach", revision)
        project = folder / "checkout" / prefix
        if not (project / ".dvc").is_dir():
            raise ProjectError(
                "The revision holds no .dvc folder",
                where=f"{root} at {revision[:12]}",
                fix="commit .dvc/config",
            )
        _share_cache(root, project, folder / "site")
        with contextlib.chdir(project), Repo(str(project)) as repo, lock_repo(repo):
            yield repo
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _share_cache(root: Path, project: Path, site: Path) -> None:
    """Point the sandbox at the project's cache, and keep DVC's hash database inside the sandbox.

    The project's own ``.dvc/config.local`` (remotes, credentials) comes along.
    """
    from dvc.config import Config

    local = root / ".dvc" / "config.local"
    if local.exists():
        shutil.copy2(local, project / ".dvc" / "config.local")
    configured = Config(str(root / ".dvc"))["cache"].get("dir")
    with Config(str(project / ".dvc")).edit("local") as config:
        config["cache"]["dir"] = str(configured or root / ".dvc" / "cache")
        config.setdefault("core", {})["site_cache_dir"] = str(site)
