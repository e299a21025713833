"""Data of ``.dvc`` files that was edited in the user's checkout, so is in no commit."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.cache import DvcCache
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import is_legacy
from trimtab.pipeline.worktree.worktree import WorkTree


def refuse_edited_data(root: Path, tree: WorkTree, graph: Graph) -> None:
    """Refuse to run when the checkout holds other data than its ``.dvc`` files.

    ``dvc repro`` would use the edited data. A run from a commit uses the data of the ``.dvc`` file, which is
    not what its user sees. Data that the checkout lacks is not compared.

    Args:
        root: The user's checkout.
        tree: A checkout of the pinned revision.
        graph: The stages of the run.

    Raises:
        ProjectError: A file was edited.
    """
    from dvc.repo import Repo

    sources = {source.name: source for stage in graph.stages for source in graph.sources_of(stage.name)}
    contents = [(name, item) for name in sources for item in tree.source_contents(sources[name]).items()]
    present = [(name, path, content) for name, (path, content) in contents if (root / path).exists()]
    if not present:
        return
    with Repo(str(root)) as repo:
        cache = DvcCache(repo)
        for name, path, content in present:
            if cache.hash(root / path, legacy=is_legacy(content))["md5"] != content["md5"]:
                raise ProjectError(
                    f"'{path}' was edited: its hash is not that of '{name}'",
                    where=str(root),
                    fix=f"`dvc commit {name}` to run with the edit, or `dvc checkout {name}` to undo it",
                )
