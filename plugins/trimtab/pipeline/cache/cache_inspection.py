"""The cache and the remotes of a project as they are configured, for checks of a machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.cache.remote import Remote
from trimtab.pipeline.dvc_compat import working_link_types
from trimtab.pipeline.dvc_errors import refusals

S3_ENDPOINT = "https://s3.amazonaws.com"  # of a remote that names none


def cache_directory(project: Path) -> Path:
    """Return the folder of a project's cache. It need not exist.

    Raises:
        ProjectError: DVC refuses the project's configuration.
    """
    from dvc.config import Config

    with refusals(ProjectError, where=str(project)):
        config = Config(str(project / ".dvc"))
    return Path(config["cache"].get("dir") or project / ".dvc" / "cache")


def find_link_types(project: Path, folder: Path) -> tuple[list[str], list[str]]:
    """Return the link types of ``cache.type``, and those of them that work between the cache and a folder.

    Raises:
        ProjectError: DVC refuses the project.
    """
    from dvc.repo import Repo

    with refusals(ProjectError, where=str(project)), Repo(str(project)) as repo:
        odb = repo.cache.local
        configured = list(map(str, odb.cache_types))
        return configured, working_link_types(odb, folder, configured)


@contextlib.contextmanager
def open_remotes(project: Path) -> Iterator[list[Remote]]:
    """Open the remotes of a project.

    Raises:
        ProjectError: DVC refuses the project.
    """
    from dvc.repo import Repo

    with refusals(ProjectError, where=str(project)), Repo(str(project)) as repo:
        yield [Remote(repo, name) for name in repo.config["remote"]]


def remote_endpoints(project: Path) -> dict[str, str]:
    """Map the remotes of a project that are behind HTTP to the addresses of their servers.

    Raises:
        ProjectError: DVC refuses the project's configuration.
    """
    from dvc.config import Config

    with refusals(ProjectError, where=str(project)):
        remotes = Config(str(project / ".dvc"))["remote"]
    endpoints = {
        name: str(remote.get("endpointurl") or S3_ENDPOINT)
        if str(remote["url"]).startswith("s3://")
        else str(remote["url"])
        for name, remote in remotes.items()
    }
    return {
        f"DVC remote '{name}'": url
        for name, url in endpoints.items()
        if url.startswith(("http://", "https://"))
    }
