"""Imports that are not frozen: what ``dvc repro`` would bring anew before the stages that read it."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.worktree.worktree import WorkTree


def refuse_changed_imports(root: Path, tree: WorkTree, graph: Graph) -> None:
    """Refuse to run when an import that is not frozen has changed where it comes from.

    As long as it has not, ``dvc repro`` takes what the ``.dvc`` file says, and so does a run. What it would
    bring otherwise is in no commit, so two tasks of one run might not read the same.

    Args:
        root: The user's checkout; a path beside the repository leads somewhere from there only.
        tree: The pinned revision.
        graph: The stages that are to run.

    Raises:
        ProjectError: One has changed, or is not there any more.
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
                fix=f"`dvc repro {name}` and commit it, or `dvc freeze {name}` to stay with what it says",
            )
