"""Path conflicts: stages that may not run at the same time, since one writes what the other reads or writes.

The graph orders most of them. The others are safe in ``dvc repro`` only because it runs one stage at a time:
a frozen stage and its upstream stages, and stages that reach one file by two paths, one of them a link.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from trimtab.pipeline.graph import Stage


def conflicts(root: Path, stages: Sequence[Stage]) -> Iterator[tuple[str, str]]:
    """Yield pairs of stages that may not run at the same time, the one that DVC runs first in front.

    Args:
        root: The project's root.
        stages: The stages, in the order in which DVC runs them.
    """
    paths = _ResolvedPaths(root)
    writers: defaultdict[str, set[int]] = defaultdict(set)  # positions of stages that write the path
    writers_below: defaultdict[str, set[int]] = defaultdict(set)  # or a path below it
    for position, stage in enumerate(stages):
        for path in paths.written(stage):
            writers[path].add(position)
            for folder in (path, *_parents(path)):
                writers_below[folder].add(position)
    for position, stage in enumerate(stages):
        found: set[int] = set()
        for path in (*paths.read(stage), *paths.written(stage)):
            found.update(writers_below.get(path, ()))
            found.update(*(writers[folder] for folder in _parents(path) if folder in writers))
        for other in sorted(found - {position}):
            yield stages[min(position, other)].name, stages[max(position, other)].name


class _ResolvedPaths:
    """Paths of the graph with links resolved."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._real = cache(posixpath.realpath)

    def written(self, stage: Stage) -> Iterator[str]:
        """Yield the paths that a stage writes. A link as output is replaced, so it is not followed."""
        for out in stage.outs:
            yield from self._resolve(out.path, follow=out.persist)

    def read(self, stage: Stage) -> Iterator[str]:
        """Yield the paths that a stage reads."""
        for path in (*stage.deps, *stage.params):
            yield from self._resolve(path, follow=True)

    def _resolve(self, path: str, *, follow: bool) -> Iterator[str]:
        if "://" in path:
            return
        path = posixpath.normpath(posixpath.join(self._root, path))
        folder, name = posixpath.split(path)
        here = posixpath.join(self._real(folder), name)
        yield here
        if follow and posixpath.islink(here):
            yield posixpath.realpath(here)


def _parents(path: str) -> Iterator[str]:
    while (folder := posixpath.dirname(path)) != path:
        yield folder
        path = folder
