"""The pipelines that the main job plays, and the repository whose DAGs the servers have."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ConfigError, closest
from trimtab.pipeline.graph import PIPELINES, ROOT_PIPELINE, find_pipeline_folders, find_repository


def servers_root(folder: Path) -> Path:
    """Return the folder with ``dags/`` and the state of the servers: for each pipeline, its repository.

    Args:
        folder: The working directory.
    """
    repository = find_repository(folder)
    is_pipeline = repository and folder.resolve() in find_pipeline_folders(repository).values()
    return repository if repository and is_pipeline else folder


def played_pipelines(folder: Path, name: str | None) -> list[str]:
    """Return the names of the pipelines to play: the named one, that of the folder, or each of a repository.

    Args:
        folder: The working directory.
        name: A pipeline of the repository.

    Raises:
        ConfigError: The repository has no such pipeline.
    """
    root = servers_root(folder)
    folders = find_pipeline_folders(root)
    if name is not None and name not in folders:
        raise ConfigError(
            f"The repository has no pipeline '{name}'{closest(name, folders)}",
            where=str(root / PIPELINES),
            fix=f"name one of {', '.join(folders)}" if folders else "make one: `dvc init --subdir` there",
        )
    if name is None and folder != root:
        name = folder.resolve().name
    return [name] if name is not None else list(folders) or [ROOT_PIPELINE]
