"""Which stages may not run at a time: those of which one writes what another one reads or writes.

Most of them are ordered by the graph. The others are stages that DVC runs one after the other only because it
never runs two at a time: a frozen stage and those that make what it depends on, and stages that come to one
file by two names, one of them through a link.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from trimtab.pipeline.graph import Stage


def conflicts(root: Path, stages: Sequence[Stage]) -> Iterator[tuple[str, str]]:
    """Yield the names of each two stages that may not run at a time, the one that DVC runs first before.

    Args:
        root: The project's root.
        stages: In the order in which DVC runs them.
    """
    places = _Places(root)
    at: defaultdict[str, set[int]] = defaultdict(set)  # the stages that write there
    below: defaultdict[str, set[int]] = defaultdict(set)  # or somewhere below
    for place, stage in enumerate(stages):
        for path in places.written(stage):
            at[path].add(place)
            for folder in (path, *_parents(path)):
                below[folder].add(place)
    for place, stage in enumerate(stages):
        found: set[int] = set()
        for path in (*places.read(stage), *places.written(stage)):
            found.update(below.get(path, ()), *(at[folder] for folder in _parents(path) if folder in at))
        for other in sorted(found - {place}):
            yield stages[min(place, other)].name, stages[max(place, other)].name


class _Places:
    """Where paths of the graph really are, links followed."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._real = cache(posixpath.realpath)

    def written(self, stage: Stage) -> Iterator[str]:
        """An output that is a link is replaced, not what the link leads to."""
        for out in stage.outs:
            yield from self._of(out.path, follow=out.persist)

    def read(self, stage: Stage) -> Iterator[str]:
        for path in (*stage.deps, *stage.params):
            yield from self._of(path, follow=True)

    def _of(self, path: str, *, follow: bool) -> Iterator[str]:
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
