"""Bring the data of ``.dvc`` files up to date, as ``dvc repro`` does: committed, imported or brought."""

from __future__ import annotations

from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.worktree.path_locks import locked_paths
from trimtab.pipeline.worktree.source_data import NoHashError, refuse_metadata_servers
from trimtab.pipeline.worktree.worktree import WorkTree


def bring_sources(tree: WorkTree, graph: Graph) -> None:
    """See to the data of a graph's ``.dvc`` files before any stage reads it.

    What is missing is brought. What was edited, is not in the cache, or was never downloaded, is DVC's to
    commit or to import.

    Raises:
        StageError: Data is neither in the workspace nor in the cache or the remote.
    """
    for source in graph.sources:
        if (source.deps and not source.frozen) or not _is_complete(tree, source):
            refuse_metadata_servers(source)
            tree.repo.reproduce(source.name, single_item=True)
            tree.forget(source)


def _is_complete(tree: WorkTree, source: Stage) -> bool:
    """Bring what is missing; return whether all is in place then, and in the cache."""
    try:
        contents = tree.source(source)
    except NoHashError:
        return False
    missing = {path: content for path, content in contents.items() if not (tree.root / path).exists()}
    if missing:
        with locked_paths(tree.repo, [], missing):
            tree.bring(missing, where=f"'{source.name}'")
    cached = {out.path for out in source.outs if out.cache}
    return all(
        tree.is_in_place(path, content) and (path not in cached or tree.store.is_cached(content))
        for path, content in contents.items()
    )
