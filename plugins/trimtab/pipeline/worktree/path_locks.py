"""DVC's own path locks: they stop other runs from using the paths of this run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.pipeline.dvc_compat import hold_path_locks
from trimtab.pipeline.graph import Graph

if TYPE_CHECKING:
    from dvc.repo import Repo


@contextlib.contextmanager
def lock_stage_paths(repo: Repo, graph: Graph) -> Iterator[None]:
    """Lock the paths that the stages of a graph read and write against other runs and other DVC commands."""
    read = {path for stage in graph.stages for path in (*stage.deps, *stage.params)}
    write = {out.path for stage in graph.stages for out in stage.outs}
    with lock_paths(repo, read - write, write):
        yield


@contextlib.contextmanager
def lock_paths(repo: Repo, read: Iterable[str], write: Iterable[str]) -> Iterator[None]:
    """Hold DVC's locks on paths. DVC commands in this process may take them again."""
    reads, writes = (sorted(str(Path(repo.root_dir, path)) for path in paths) for paths in (read, write))
    with hold_path_locks(repo, reads, writes):
        yield
