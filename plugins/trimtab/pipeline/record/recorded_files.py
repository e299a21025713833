"""Files of a recorded run, brought back from the cache or the remote for as long as they are needed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from trimtab.errors import StageError
from trimtab.pipeline.execution import graph_in, sandbox
from trimtab.pipeline.git import Revision
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.record.required_objects import needs_of
from trimtab.pipeline.worktree import WorkTree


@contextlib.contextmanager
def outputs_of(
    root: Path, commit: str, wanted: Callable[[Graph], Iterable[str]]
) -> Iterator[tuple[Path, Graph]]:
    """Open a recorded run with some of its outputs in place.

    Args:
        root: The project's root.
        commit: A commit that holds the run's ``dvc.lock``.
        wanted: Names, from the graph, the outputs to bring, relative to the root.

    Yields:
        The root folder of a throw-away checkout, the working directory while it is open; and the graph as
        that commit has it, params set for the run included.

    Raises:
        StageError: An output is neither in the commit, the cache nor the remote, or no stage makes it.
    """
    with sandbox(root, Revision(commit, commit, dirty=False, overrides={})) as tree:
        folder, graph = tree.root, graph_in(tree)
        paths = [
            path for path in wanted(graph) if not (folder / path).exists()
        ]  # git keeps `cache: false` ones
        _bring(tree, graph, paths, where=f"{', '.join(paths)} at {commit[:12]}")
        yield folder, graph


def _bring(tree: WorkTree, graph: Graph, paths: Sequence[str], *, where: str) -> None:
    if paths:
        named = {need.path: need.content for need in needs_of(tree, graph)}
        tree.bring(named, needed=paths, where=where)
    absent = [path for path in paths if not (tree.root / path).exists()]
    if absent:
        raise StageError(
            f"The run has no output {', '.join(absent)}",
            where=where,
            fix="name what dvc.yaml lists under `outs`, or what lies in it",
        )
