"""What a revision names of DVC's contents: every output and every piece of data that it takes to use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import Content, is_external
from trimtab.pipeline.worktree import WorkTree


@dataclass(frozen=True)
class Need:
    """A content that a revision names.

    Attributes:
        path: Where it belongs, relative to the project's root.
        content: What ``dvc.lock`` or a ``.dvc`` file says of it.
        of_git: Whether it is the commit that keeps it, not DVC.
    """

    path: str
    content: Content
    of_git: bool


def needs_of(tree: WorkTree, graph: Graph) -> Iterator[Need]:
    """Return what a revision names, data first; what lies outside the project is left out.

    Args:
        tree: A checkout of it.
        graph: Its pipeline.

    Raises:
        StageError: A ``.dvc`` file names no content.
    """
    for source in graph.sources:
        for path, content in tree.source(source).items():
            yield Need(path, content, of_git=False)
    for stage in graph.stages:
        made = tree.contents(stage, tree.locked(stage))
        for out in stage.outs:
            if "md5" in made.get(out.path, {}) and not is_external(out.path):
                yield Need(out.path, made[out.path], of_git=not out.cache)
