"""Outputs of a recorded run, checked out from the cache or the remote for a while."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from trimtab.errors import StageError
from trimtab.pipeline.execution import graph_in, sandbox
from trimtab.pipeline.git import Revision
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.record.required_objects import find_required_objects
from trimtab.pipeline.worktree import WorkTree


@contextlib.contextmanager
def open_recorded_outputs(
    root: Path, commit: str, wanted: Callable[[Graph], Iterable[str]]
) -> Iterator[tuple[Path, Graph]]:
    """Open a recorded run in a sandbox, with some of its outputs.

    Args:
        root: The project's root.
        commit: A commit with the run's ``dvc.lock``.
        wanted: Returns the paths of the outputs to check out, relative to the root, from the graph.

    Yields:
        The sandbox's root, which is the working directory while it is open; and the graph at that commit,
        with the params set for the run.

    Raises:
        StageError: An output is in neither commit, cache nor remote, or no stage makes it.
    """
    with sandbox(root, Revision(commit, commit, dirty=False, overrides={})) as tree:
        folder, graph = tree.root, graph_in(tree)
        # Git has the outputs with `cache: false`.
        paths = [path for path in wanted(graph) if not (folder / path).exists()]
        check_out_outputs(tree, graph, paths, where=f"{', '.join(paths)} at {commit[:12]}")
        yield folder, graph


def check_out_outputs(tree: WorkTree, graph: Graph, paths: Sequence[str], *, where: str) -> None:
    """Check out outputs of a recorded run in a sandbox of its commit.

    Args:
        tree: The sandbox.
        graph: The graph at that commit.
        paths: The outputs, relative to the root.
        where: Place in the error message.

    Raises:
        StageError: An output is in neither commit, cache nor remote, or no stage makes it.
    """
    if paths:
        contents = {required.path: required.content for required in find_required_objects(tree, graph)}
        tree.check_out(contents, needed=paths, where=where)
    absent = [path for path in paths if not (tree.root / path).exists()]
    if absent:
        raise StageError(
            f"The run has no output {', '.join(absent)}",
            where=where,
            fix="name an output that dvc.yaml lists under `outs`, or a path in it",
        )
