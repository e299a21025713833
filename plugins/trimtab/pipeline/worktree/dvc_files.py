"""Update the data of ``.dvc`` files, as ``dvc repro`` does before any stage runs."""

from __future__ import annotations

from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.worktree.path_locks import lock_paths
from trimtab.pipeline.worktree.source_data import NoHashError, refuse_metadata_servers
from trimtab.pipeline.worktree.worktree import WorkTree


def update_source_data(tree: WorkTree, graph: Graph) -> None:
    """Update the data of a graph's ``.dvc`` files before any stage reads it.

    Missing data is checked out. DVC itself commits data that was edited or is not in the cache, and imports
    data that was never downloaded.

    Raises:
        StageError: Data is neither in the workspace nor in the cache nor in the remote.
    """
    for source in graph.sources:
        if (source.deps and not source.frozen) or not _is_complete(tree, source):
            refuse_metadata_servers(source)
            tree.repo.reproduce(source.name, single_item=True)
            tree.forget_source(source)


def _is_complete(tree: WorkTree, source: Stage) -> bool:
    """Check out missing data; return whether workspace and cache have all of it then."""
    try:
        contents = tree.source_contents(source)
    except NoHashError:
        return False
    missing = {path: content for path, content in contents.items() if not (tree.root / path).exists()}
    if missing:
        with lock_paths(tree.repo, [], missing):
            tree.check_out(missing, where=f"'{source.name}'")
    cached = {out.path for out in source.outs if out.cache}
    return all(
        tree.is_in_place(path, content) and (path not in cached or tree.cache.is_cached(content))
        for path, content in contents.items()
    )
