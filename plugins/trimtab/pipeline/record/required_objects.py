"""Required objects: the contents that are needed to use a revision, of outputs and of source data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import Content, is_external
from trimtab.pipeline.worktree import WorkTree


@dataclass(frozen=True)
class RequiredObject:
    """A content that a revision names.

    Attributes:
        path: Its path, relative to the project's root.
        content: The content in ``dvc.lock`` or a ``.dvc`` file.
        in_git: Whether the commit has it, and DVC's cache need not.
    """

    path: str
    content: Content
    in_git: bool


def find_required_objects(tree: WorkTree, graph: Graph) -> Iterator[RequiredObject]:
    """Yield the contents that a revision names, source data first, without external ones.

    Args:
        tree: A checkout of the revision.
        graph: Its graph.

    Raises:
        NoHashError: A ``.dvc`` file has no hash.
    """
    for source in graph.sources:
        for path, content in tree.source_contents(source).items():
            yield RequiredObject(path, content, in_git=False)
    for stage in graph.stages:
        outputs = tree.output_contents(stage, tree.locked(stage))
        for out in stage.outs:
            if "md5" in outputs.get(out.path, {}) and not is_external(out.path):
                yield RequiredObject(out.path, outputs[out.path], in_git=not out.cache)
