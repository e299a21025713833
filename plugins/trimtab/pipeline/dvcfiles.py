"""Bring the data of ``.dvc`` files up to date, as ``dvc repro`` does: committed, imported or brought."""

from __future__ import annotations

from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.reservation import locked_paths
from trimtab.pipeline.sources import refuse_metadata_servers
from trimtab.pipeline.worktree import WorkTree


def bring_sources(tree: WorkTree, graph: Graph) -> None:
    """See to the data of ``.dvc`` files before any stage reads it.

    What is missing is brought. What was edited, or is not in the cache, is DVC's to commit.
    """
    needed = {source.name: source for stage in graph.stages for source in graph.sources_of(stage.name)}
    for source in needed.values():
        if source.deps and not source.frozen:
            refuse_metadata_servers(source)
            tree.repo.reproduce(source.name, single_item=True)
        else:
            _bring(tree, source)


def _bring(tree: WorkTree, source: Stage) -> None:
    contents = tree.source(source)
    missing = {path: content for path, content in contents.items() if not (tree.root / path).exists()}
    if missing:
        with locked_paths(tree.repo, [], missing):
            tree.bring(missing, where=f"'{source.name}'")
    cached = {out.path for out in source.outs if out.cache}
    if not all(
        tree.is_in_place(path, content) and (path not in cached or tree.store.is_cached(content))
        for path, content in contents.items()
    ):
        tree.repo.reproduce(source.name, single_item=True)
        tree.forget(source)
