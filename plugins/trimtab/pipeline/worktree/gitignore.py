"""What DVC has git ignore: each output in its cache, by a line in the ``.gitignore`` beside it.

Such a file is part of what a folder holds. So a stage that depends on a folder with outputs in it sees these
lines, and they have to be there, in DVC's order, before that folder is hashed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import add_to_gitignore, is_git_repository
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import Content, Entry, contents, is_external, is_folder
from trimtab.pipeline.worktree.worktree import WorkTree


def ignored_by_dvc(stage: Stage, entry: Entry) -> dict[str, Content]:
    """Map the outputs that DVC keeps from git to their contents, in the order ``dvc.yaml`` has them."""
    made = contents(stage, entry)
    return {out.path: made[out.path] for out in stage.outs if out.cache and not is_external(out.path)}


def seen_by(graph: Graph, stage: Stage, entries: Mapping[str, Entry]) -> dict[str, Content]:
    """Map the outputs whose lines in ``.gitignore`` are part of a dependency of a stage to their contents.

    Args:
        graph: The stages.
        stage: The stage.
        entries: Lock entries of stages it depends on, by name; of the others nothing is mapped.
    """
    folders = [PurePosixPath(path) for path in stage.deps]
    return {
        path: content
        for upstream in graph.upstream(stage.name)
        if upstream in entries
        for path, content in ignored_by_dvc(graph.stage(upstream), entries[upstream]).items()
        if any(PurePosixPath(path).is_relative_to(folder) and str(folder) != path for folder in folders)
    }


def have_ignored(tree: WorkTree, outputs: Mapping[str, Content]) -> list[str]:
    """Have git ignore outputs that it does not yet.

    Args:
        tree: The checkout.
        outputs: Their contents, by path.

    Returns:
        The paths of the files that say so and were changed.
    """
    if not outputs or not is_git_repository(tree.repo):
        return []
    asked = {f"{path}/" if is_folder(content) else path: path for path, content in outputs.items()}
    flags = ("--stdin", "-z", "--verbose", "--non-matching")
    told = git(tree.root, "check-ignore", *flags, text="\0".join(asked), strip=False, accept=(0, 1))
    fields = told.split("\0")
    new = [asked[fields[i + 3]] for i in range(0, len(fields) - 3, 4) if not fields[i]]
    for path in new:
        (tree.root / path).parent.mkdir(parents=True, exist_ok=True)
    add_to_gitignore(tree.repo, [tree.root / path for path in new])
    return list(dict.fromkeys(str(PurePosixPath(path).with_name(".gitignore")) for path in new))


def tracked_by_git(tree: WorkTree, stages: Iterable[Stage]) -> frozenset[str]:
    """Return the outputs in DVC's cache that git has too, which DVC refuses to make."""
    paths = {out.path for stage in stages for out in stage.outs if out.cache and not is_external(out.path)}
    if not paths or not is_git_repository(tree.repo):
        return frozenset()
    tracked = set(git(tree.root, "ls-files", "-z", "--cached", strip=False).split("\0"))
    folders = {str(parent) for path in tracked for parent in PurePosixPath(path).parents}
    return frozenset(paths & (tracked | folders))


def refuse_tracked(stage: Stage, tracked: Collection[str]) -> None:
    """Refuse to make an output that git has too.

    Args:
        stage: The stage.
        tracked: From :func:`tracked_by_git`.

    Raises:
        StageError: It has one.
    """
    twice = [out.path for out in stage.outs if out.path in tracked]
    if twice:
        raise StageError(
            f"'{twice[0]}' is an output in DVC's cache, and tracked by git",
            where=f"stage '{stage.name}'",
            fix=f"`git rm -r --cached {twice[0]}`, or mark the output `cache: false`",
        )
