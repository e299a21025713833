"""The pipelines of a repository, and the models that each of them makes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.graph.candidates import declared_models
from trimtab.pipeline.graph.pipeline_folders import find_pipeline_folders
from trimtab.pipeline.graph.project import Project


@dataclass(frozen=True)
class Pipeline:
    """A pipeline of a repository: a DVC project of its own.

    Attributes:
        name: The name of its folder; ``.`` in the root of the repository.
        root: Its folder.
        models: The names of the models that its ``dvc.yaml`` declares, without those of candidates.
        error: Why it cannot be read; None if it can.
    """

    name: str
    root: Path
    models: tuple[str, ...] = ()
    error: ProjectError | None = None

    @classmethod
    def read(cls, name: str, root: Path) -> Pipeline:
        """Read a pipeline. If DVC refuses it, the reason is its error."""
        try:
            return cls(name, root, declared_models(Project(root).graph()))
        except ProjectError as err:
            return cls(name, root, error=err)


def find_pipelines(repository: Path) -> list[Pipeline]:
    """Return the pipelines of a repository, in the order of their names.

    One that DVC refuses is among them, with the reason. It does not keep the others from being read.

    Args:
        repository: The root of the repository.
    """
    folders = find_pipeline_folders(repository)
    # DVC resolves each pipeline in a process of its own, so threads wait for several of them at once.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(Pipeline.read, folders, folders.values()))
