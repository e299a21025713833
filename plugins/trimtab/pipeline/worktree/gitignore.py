"""``.gitignore`` lines of outputs: DVC adds one for each output in its cache, beside the output.

A ``.gitignore`` is part of the content of its folder. If a stage depends on a folder with outputs in it,
their lines must be there, in DVC's order, before the folder is hashed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import add_to_gitignore, is_git_repository
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import Content, LockEntry, is_external, is_folder, output_contents
from trimtab.pipeline.worktree.worktree import WorkTree


def gitignored_outputs(stage: Stage, entry: LockEntry) -> dict[str, Content]:
    """Map the outputs of a stage that git must ignore to their contents, in the order of ``dvc.yaml``."""
    outputs = output_contents(stage, entry)
    return {out.path: outputs[out.path] for out in stage.outs if out.cache and not is_external(out.path)}


def gitignored_in_dependencies(
    graph: Graph, stage: Stage, entries: Mapping[str, LockEntry]
) -> dict[str, Content]:
    """Map outputs whose ``.gitignore`` line is in a dependency of a stage to their contents.

    Args:
        graph: The stages.
        stage: The stage.
        entries: Lock entries of upstream stages, by name. Upstream stages without one are left out.
    """
    folders = [PurePosixPath(path) for path in stage.deps]
    return {
        path: content
        for upstream in graph.upstream(stage.name)
        if upstream in entries
        for path, content in gitignored_outputs(graph.stage(upstream), entries[upstream]).items()
        if any(PurePosixPath(path).is_relative_to(folder) and str(folder) != path for folder in folders)
    }


def update_gitignore(tree: WorkTree, outputs: Mapping[str, Content]) -> list[str]:
    """Add outputs to ``.gitignore`` files, unless git ignores them already.

    Args:
        tree: The checkout.
        outputs: Contents of the outputs, by path.

    Returns:
        Paths of the ``.gitignore`` files that were changed.
    """
    if not outputs or not is_git_repository(tree.repo):
        return []
    paths = {f"{path}/" if is_folder(content) else path: path for path, content in outputs.items()}
    flags = ("--stdin", "-z", "--verbose", "--non-matching")
    answer = git(tree.root, "check-ignore", *flags, text="\0".join(paths), strip=False, accept=(0, 1))
    fields = answer.split("\0")
    new = [paths[fields[i + 3]] for i in range(0, len(fields) - 3, 4) if not fields[i]]
    for path in new:
        (tree.root / path).parent.mkdir(parents=True, exist_ok=True)
    add_to_gitignore(tree.repo, [tree.root / path for path in new])
    return list(dict.fromkeys(str(PurePosixPath(path).with_name(".gitignore")) for path in new))


def git_tracked_outputs(tree: WorkTree, stages: Iterable[Stage]) -> frozenset[str]:
    """Return the outputs that are in DVC's cache and tracked by git, which DVC refuses to write."""
    paths = {out.path for stage in stages for out in stage.outs if out.cache and not is_external(out.path)}
    if not paths or not is_git_repository(tree.repo):
        return frozenset()
    tracked = set(git(tree.root, "ls-files", "-z", "--cached", strip=False).split("\0"))
    folders = {str(parent) for path in tracked for parent in PurePosixPath(path).parents}
    return frozenset(paths & (tracked | folders))


def refuse_git_tracked_outputs(stage: Stage, tracked: Collection[str]) -> None:
    """Refuse to write an output that is in DVC's cache and tracked by git.

    Args:
        stage: The stage.
        tracked: From :func:`git_tracked_outputs`.

    Raises:
        StageError: The stage has such an output.
    """
    twice = [out.path for out in stage.outs if out.path in tracked]
    if twice:
        raise StageError(
            f"'{twice[0]}' is an output in DVC's cache, and tracked by git",
            where=f"stage '{stage.name}'",
            fix=f"`git rm -r --cached {twice[0]}`, or mark the output `cache: false`",
        )
