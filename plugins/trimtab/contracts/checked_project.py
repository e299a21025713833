"""A project whose contracts are checked: a pipeline of the repository, or its top."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.pipeline.graph import Graph, Project, find_pipeline_folders


@dataclass(frozen=True)
class CheckedProject:
    """A pipeline: the DVC project at the top of the repository, or a folder of ``pipelines/``.

    Attributes:
        top: The top of the repository.
        root: The folder that holds ``.dvc``.
    """

    top: Path
    root: Path

    @property
    def name(self) -> str:
        """The folder's name, with which the ids of its DAGs begin; empty at the top."""
        return "" if self.is_at_top else self.root.name

    @property
    def is_at_top(self) -> bool:
        """Whether it is the top of the repository, which need not be a DVC project."""
        return self.root == self.top

    @cached_property
    def graph(self) -> Graph:
        """The graph of its stages; empty if the top of the repository is no DVC project."""
        is_project = (self.root / ".dvc").is_dir() or not self.is_at_top
        return Project(self.root).graph() if is_project else Graph(())

    @cached_property
    def params(self) -> dict[str, Any]:
        """The content of ``params.yaml``; empty without one."""
        path = self.root / PARAMS_FILE
        return load_yaml(path) if path.is_file() else {}

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files that git tracks or would add, relative to the root; without those of other pipelines."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=self.root,
            capture_output=True,
            check=True,
        )
        paths = sorted(set(listed.stdout.decode(errors="surrogateescape").split("\0")) - {""})
        nested = [folder for folder in find_pipeline_folders(self.root).values() if folder != self.root]
        others = tuple(f"{folder.relative_to(self.root).as_posix()}/" for folder in nested)
        return tuple(path for path in paths if not path.startswith(others) and (self.root / path).is_file())

    def where(self, file: str, *keys: str) -> str:
        """Return a place for a message: a file as seen from the top of the repository, and a key in it."""
        path = (self.root / file).relative_to(self.top).as_posix()
        return f"{path}: {'.'.join(keys)}" if keys else path


def find_projects(top: Path) -> list[CheckedProject]:
    """Return the pipelines of a repository, in the order of their names."""
    return [CheckedProject(top, root) for root in find_pipeline_folders(top).values()]
