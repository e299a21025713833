"""Files of a recorded run, brought back from the cache for as long as they are needed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from trimtab.errors import StageError
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.revision import Revision
from trimtab.pipeline.sandbox import graph_in, sandbox


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
        StageError: An output is neither in the cache nor in the commit.
    """
    from dvc.exceptions import DvcException

    with sandbox(root, Revision(commit, commit, dirty=False, overrides={})) as tree:
        folder, graph = tree.root, graph_in(tree)
        absent = [
            path for path in wanted(graph) if not (folder / path).exists()
        ]  # git keeps `cache: false` ones
        try:
            if absent:
                tree.repo.checkout(targets=absent, force=True)
        except DvcException as err:
            raise StageError(
                f"Outputs of the run cannot be brought: {err}",
                where=f"{', '.join(absent)} at {commit[:12]}",
                fix="`dvc pull` them, or run the DAG again",
            ) from err
        yield folder, graph
