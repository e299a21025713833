"""DVC's own locks of paths: they keep other runs off what one reads and writes."""

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
def reserved(repo: Repo, graph: Graph) -> Iterator[None]:
    """Keep other runs, DVC's own too, off what the stages of a graph read and write."""
    read = {path for stage in graph.stages for path in (*stage.deps, *stage.params)}
    write = {out.path for stage in graph.stages for out in stage.outs}
    with locked_paths(repo, read - write, write):
        yield


@contextlib.contextmanager
def locked_paths(repo: Repo, read: Iterable[str], write: Iterable[str]) -> Iterator[None]:
    """Hold DVC's own locks of paths, by the name that DVC gives this process: it may take them again."""
    reads, writes = (sorted(str(Path(repo.root_dir, path)) for path in paths) for paths in (read, write))
    with hold_path_locks(repo, reads, writes):
        yield
