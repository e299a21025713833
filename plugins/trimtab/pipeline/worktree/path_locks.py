"""DVC's own locks of paths: they keep other runs off what one reads and writes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from trimtab.pipeline.graph import Graph


@contextlib.contextmanager
def reserved(repo: Any, graph: Graph) -> Iterator[None]:
    """Keep other runs, DVC's own too, off what the stages of a graph read and write."""
    read = {path for stage in graph.stages for path in (*stage.deps, *stage.params)}
    write = {out.path for stage in graph.stages for out in stage.outs}
    with locked_paths(repo, read - write, write):
        yield


@contextlib.contextmanager
def locked_paths(repo: Any, read: Iterable[str], write: Iterable[str]) -> Iterator[None]:
    """Hold DVC's own locks of paths, by the name that DVC gives this process: it may take them again."""
    from dvc.rwlock import rwlock

    paths = [sorted(str(Path(repo.root_dir, path)) for path in paths) for paths in (read, write)]
    hardlink = repo.config["core"].get("hardlink_lock", False)
    with rwlock(repo.tmp_dir, repo.fs, " ".join(sys.argv), *paths, hardlink):
        yield
