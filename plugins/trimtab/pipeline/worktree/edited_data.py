"""Data of ``.dvc`` files that was edited in the user's checkout, which no pinned commit can hold."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.cache import Store
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import is_legacy
from trimtab.pipeline.worktree.worktree import WorkTree


def refuse_edited_data(root: Path, tree: WorkTree, graph: Graph) -> None:
    """Refuse to run when the checkout holds other data than its ``.dvc`` files say.

    ``dvc repro`` would take it as it is; a run that took what the ``.dvc`` file says would be about something
    else than its user sees. Data that is not there is none of it.

    Args:
        root: The user's checkout.
        tree: The pinned revision.
        graph: The stages that are to run.

    Raises:
        ProjectError: A file was edited.
    """
    from dvc.repo import Repo

    sources = {source.name: source for stage in graph.stages for source in graph.sources_of(stage.name)}
    contents = [(name, item) for name in sources for item in tree.source(sources[name]).items()]
    there = [(name, path, content) for name, (path, content) in contents if (root / path).exists()]
    if not there:
        return
    with Repo(str(root)) as repo:
        store = Store(repo)
        for name, path, content in there:
            if store.hash(root / path, legacy=is_legacy(content))["md5"] != content["md5"]:
                raise ProjectError(
                    f"'{path}' is not what '{name}' says: it was edited",
                    where=str(root),
                    fix=f"`dvc commit {name}` to run with the edit, or `dvc checkout {name}` to undo it",
                )
