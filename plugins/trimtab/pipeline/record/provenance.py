"""Whether what has travelled comes from a commit of the project.

Plans and records are XComs: whoever may write one can name any commit of the repository, and any object of
the cache. What may execute comes from a commit that the project itself leads to. On top of it, a record holds
what stages leave to git, lock files, and lines of ``.gitignore``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from trimtab.errors import ProjectError
from trimtab.pipeline.cache import Store
from trimtab.pipeline.git import SNAPSHOTS, Revision, git, has_commit
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import (
    Content,
    ContentError,
    abbreviate,
    find_path_problem,
    is_external,
    is_folder,
    lock_path,
    validate_content,
)
from trimtab.pipeline.worktree import WorkTree

IGNORE = ".gitignore"
# What DVC or git reads as an instruction, in whatever folder it lies.
_INSTRUCTIONS = re.compile(r"dvc\.(yaml|lock)|.*\.dvc|\.dvcignore|\.git(attributes|modules)?", re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_OWN = ("HEAD", "--branches", "--tags", "--remotes", "--reflog")  # where the project is, or was
_TRIGGER = "trigger a new run; nothing has been run of this one"


def revision_of(plain: Any, *, where: str) -> Revision:
    """Return a revision that has travelled.

    Args:
        plain: The values of its attributes.
        where: For the message.

    Raises:
        ProjectError: They are not those of a revision.
    """
    fields = plain if isinstance(plain, Mapping) else {}
    kinds = {"sha": str, "baseline": str, "dirty": bool, "overrides": Mapping}
    fine = fields.keys() == kinds.keys() and all(
        isinstance(fields[name], kind) for name, kind in kinds.items()
    )
    if not fine or not all(_COMMIT.fullmatch(fields[name]) for name in ("sha", "baseline")):
        raise ProjectError(f"This is no revision of a run: {abbreviate(plain)}", where=where, fix=_TRIGGER)
    return Revision(**fields)


def require_of_project(root: Path, revision: Revision) -> None:
    """Refuse a revision that is neither a commit of the project nor a snapshot made on one.

    A commit that lies in the repository for another reason (somebody's pull request, say) is none of the
    project's. One that is not there at all is refused where it is checked out.

    Args:
        root: The project's root.
        revision: As it has travelled.

    Raises:
        ProjectError: It is not.
    """
    foreign = revision.baseline if not _is_own(root, revision.baseline) else ""
    if not foreign and revision.sha != revision.baseline:
        asked = ("--format=%(objectname) %(parent)", f"{SNAPSHOTS}/{revision.sha}")
        made_here = git(root, "for-each-ref", *asked) == f"{revision.sha} {revision.baseline}"
        foreign = revision.sha if not made_here and has_commit(root, revision.sha) else ""
    if foreign:
        raise ProjectError(
            f"No branch or tag of the project leads to the revision {foreign[:12]}",
            where=str(root),
            fix=f"commit it to a branch, and {_TRIGGER}",
        )


def is_recorded(root: Path, commit: str) -> bool:
    """Whether the repository holds a commit as the record of a run, or as one of the project's own."""
    return has_commit(root, commit) and _is_own(root, commit, "--glob=refs/exps", "--glob=refs/trimtab/live")


def _is_own(root: Path, commit: str, *places: str) -> bool:
    """Whether the project leads to a commit; one that is not there is not said to be another's."""
    asked = ("--max-count=1", "--ignore-missing", commit, "--not", *_OWN, *places)
    return not git(root, "rev-list", *asked, "--")


def refuse_instructions(store: Store, contents: Mapping[str, Content], *, where: str) -> None:
    """Refuse outputs for git in which DVC or git would find instructions.

    Args:
        store: The cache.
        contents: By path in the graph.
        where: For the message.

    Raises:
        ContentError: One is a file that they read, or a folder that holds one.
    """
    for path, content in contents.items():
        below = store.listing(content) if is_folder(content) else ()
        for name in (path, *(f"{path}/{file}" for file in below)):
            if _INSTRUCTIONS.fullmatch(PurePosixPath(name).name):
                raise _refused(name, "DVC or git would follow it", where)


def require_results(tree: WorkTree, graph: Graph, files: Mapping[str, Content], *, where: str) -> None:
    """Refuse files, which have travelled, that no run leaves to git.

    Args:
        tree: A checkout of the revision they are to be put on.
        graph: Its stages.
        files: By path below the root.
        where: For the message.

    Raises:
        ContentError: One is neither a lock file of a stage, nor an output that ``dvc.yaml`` leaves to git,
            nor a ``.gitignore`` beside an output; or it is a program where it cannot be one.
    """
    outs = [out for stage in graph.stages for out in stage.outs if not is_external(out.path)]
    of_git = {out.path for out in outs if not out.cache}
    locks = {lock_path(stage.name) for stage in graph.stages}
    ignoring = {_beside(out.path) for out in outs if out.cache}
    for path, content in files.items():
        wrong = find_path_problem(path)
        if wrong:
            raise _refused(path, wrong, where)
        validate_content(content, where=where)
        if path not in of_git | locks | ignoring:
            raise _refused(path, "no stage of the revision leaves it to git", where)
        if path not in of_git and (content.get("isexec") or is_folder(content)):
            raise _refused(path, "it is a program or a folder", where)
    refuse_instructions(tree.store, {path: files[path] for path in of_git & files.keys()}, where=where)


def require_ignoring(before: str, after: str, path: str, graph: Graph, *, where: str) -> None:
    """Refuse a ``.gitignore`` that says more than DVC adds to it.

    Args:
        before: What the revision's says.
        after: What the record's says.
        path: Where it lies.
        graph: The stages of the revision.
        where: For the message.

    Raises:
        ContentError: It is not the revision's, with lines for outputs that lie beside it.
    """
    outs = [
        out.path for stage in graph.stages for out in stage.outs if out.cache and not is_external(out.path)
    ]
    lines = {f"/{PurePosixPath(out).name}" for out in outs if _beside(out) == path}
    added = after.removeprefix(before).split("\n") if after.startswith(before) else [after]
    strange = [line for line in added if line and line not in lines]
    if strange:
        raise _refused(path, f"it holds a line that is not DVC's: {abbreviate(strange[0])}", where)


def _beside(path: str) -> str:
    return str(PurePosixPath(path).with_name(IGNORE))


def _refused(path: Any, why: str, where: str) -> ContentError:
    return ContentError(
        f"The record holds a file that no run may add to its revision: {abbreviate(path)}: {why}",
        where=where,
        fix="clear the task that records the run; somebody else may have written its XCom",
    )
