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
from trimtab.pipeline.process import terminable
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

    root = root.resolve()
    top = git(root, "rev-parse", "--show-toplevel")
    prefix = git(root, "rev-parse", "--show-prefix")
    with terminable(), _temporary_folder() as folder:
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


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="trimtab-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _share_cache(root: Path, project: Path, site: Path) -> None:
    """Point the sandbox at the project's cache, and keep DVC's hash database inside the sandbox.

    The project's own ``.dvc/config.local`` (remotes, credentials) comes along.
    """
    from configobj import ConfigObj
    from dvc.config import Config

    local = root / ".dvc" / "config.local"
    if local.exists():
        shutil.copy2(local, project / ".dvc" / "config.local")
    configured = Config(str(root / ".dvc"))["cache"].get("dir")
    # Not written by DVC, which writes ASCII only, whatever the folders are called.
    config = ConfigObj(str(project / ".dvc" / "config.local"), encoding="utf-8")
    config.setdefault("cache", {})["dir"] = str(configured or root / ".dvc" / "cache")
    config.setdefault("core", {})["site_cache_dir"] = str(site)
    config.write()
