"""Imports that are not frozen, which ``dvc repro`` would update before the stages that read them."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.worktree.worktree import WorkTree


def refuse_changed_imports(root: Path, tree: WorkTree, graph: Graph) -> None:
    """Refuse to run when an import that is not frozen has changed at its origin.

    As long as it has not changed, ``dvc repro`` uses the data of the ``.dvc`` file, and so does a run.
    Changed data is in no commit, so two tasks of one run might read different data.

    Args:
        root: The user's checkout. A relative path out of the repository is valid only there.
        tree: A checkout of the pinned revision.
        graph: The stages of the run.

    Raises:
        ProjectError: An import has changed, or its origin does not exist any more.
    """
    from dvc.repo import Repo

    sources = {source.name: source for stage in graph.stages for source in graph.sources_of(stage.name)}
    for name in [name for name, source in sources.items() if source.deps and not source.frozen]:
        here = root / name
        same = here.is_file() and here.read_bytes() == (tree.root / name).read_bytes()
        with Repo(str(root if same else tree.root)) as repo:
            stage = repo.stage.load_one(str(Path(repo.root_dir, name)))
            changed = stage.always_changed or any(dep.status() for dep in stage.deps)
        if changed:
            raise ProjectError(
                f"The import '{name}' has changed at its source, and is not frozen: {sources[name].deps[0]}",
                where=str(here),
                fix=f"`dvc repro {name}` and commit it, or `dvc freeze {name}` to keep its recorded data",
            )
