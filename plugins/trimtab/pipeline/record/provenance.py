"""Provenance of XComs: whether a plan or a record belongs to a commit of the project.

Plans and records are XComs, whose writer can name any commit of the repository and any cache object. Code may
come only from a commit that a ref of the project leads to. A record may add to it only the outputs that git
keeps, lock files, and lines of ``.gitignore``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from trimtab.errors import ProjectError
from trimtab.pipeline.cache import DvcCache
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

GITIGNORE = ".gitignore"
# Names of files that DVC or git executes or obeys, in any folder.
_CONTROL_FILES = re.compile(r"dvc\.(yaml|lock)|.*\.dvc|\.dvcignore|\.git(attributes|modules)?", re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PROJECT_REFS = ("HEAD", "--branches", "--tags", "--remotes", "--reflog")  # and the reflog: where they were
_TRIGGER = "trigger a new run; no stage of this one has run"


def parse_revision(values: object, *, where: str) -> Revision:
    """Deserialize a revision from an XCom.

    Args:
        values: The values of its attributes, by name.
        where: Place in the error message.

    Raises:
        ProjectError: The values are not those of a revision.
    """
    fields = values if isinstance(values, Mapping) else {}
    kinds = {"sha": str, "baseline": str, "dirty": bool, "overrides": Mapping}
    valid = fields.keys() == kinds.keys() and all(
        isinstance(fields[name], kind) for name, kind in kinds.items()
    )
    if not valid or not all(_COMMIT.fullmatch(fields[name]) for name in ("sha", "baseline")):
        raise ProjectError(
            f"The value is no revision of a run: {abbreviate(values)}", where=where, fix=_TRIGGER
        )
    return Revision(**fields)


def require_project_revision(root: Path, revision: Revision) -> None:
    """Require that a revision is a commit of the project, or a snapshot on one.

    A commit that the repository has for another reason, such as a pull request, does not belong to the
    project. A commit that the repository lacks is refused where it is checked out.

    Args:
        root: The project's root.
        revision: A revision from an XCom.

    Raises:
        ProjectError: It is neither.
    """
    foreign = revision.baseline if not _is_of_project(root, revision.baseline) else ""
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
    """Whether the repository has a commit as the record of a run, or as a commit of the project."""
    return has_commit(root, commit) and _is_of_project(
        root, commit, "--glob=refs/exps", "--glob=refs/trimtab/live"
    )


def _is_of_project(root: Path, commit: str, *more_refs: str) -> bool:
    """Whether a ref of the project leads to a commit; true for a commit that the repository lacks."""
    asked = ("--max-count=1", "--ignore-missing", commit, "--not", *_PROJECT_REFS, *more_refs)
    return not git(root, "rev-list", *asked, "--")


def refuse_control_files(cache: DvcCache, contents: Mapping[str, Content], *, where: str) -> None:
    """Refuse outputs that are control files of DVC or git, such as ``dvc.yaml`` or ``.gitattributes``.

    Args:
        cache: The cache.
        contents: Contents of outputs that git keeps, by path in the graph.
        where: Place in the error message.

    Raises:
        ContentError: An output is such a file, or a folder that has one.
    """
    for path, content in contents.items():
        files = cache.listing(content) if is_folder(content) else ()
        for name in (path, *(f"{path}/{file}" for file in files)):
            if _CONTROL_FILES.fullmatch(PurePosixPath(name).name):
                raise _refused(name, "DVC or git would follow it", where)


def require_recordable_files(
    tree: WorkTree, graph: Graph, files: Mapping[str, Content], *, where: str
) -> None:
    """Require that the files of a record are files that a run adds to its revision.

    Args:
        tree: A checkout of the revision.
        graph: Its stages.
        files: Contents of the record's files, by path below the root.
        where: Place in the error message.

    Raises:
        ContentError: A file is neither a lock file, nor an output that git keeps, nor a ``.gitignore`` beside
            an output; or a lock file or ``.gitignore`` is executable.
    """
    outs = [out for stage in graph.stages for out in stage.outs if not is_external(out.path)]
    in_git = {out.path for out in outs if not out.cache}
    locks = {lock_path(stage.name) for stage in graph.stages}
    gitignores = {_beside(out.path) for out in outs if out.cache}
    for path, content in files.items():
        wrong = find_path_problem(path)
        if wrong:
            raise _refused(path, wrong, where)
        validate_content(content, where=where)
        if path not in in_git | locks | gitignores:
            raise _refused(path, "no stage of the revision leaves it to git", where)
        if path not in in_git and (content.get("isexec") or is_folder(content)):
            raise _refused(path, "it is a program or a folder", where)
    refuse_control_files(tree.cache, {path: files[path] for path in in_git & files.keys()}, where=where)


def require_dvc_gitignore(before: str, after: str, path: str, graph: Graph, *, where: str) -> None:
    """Require that a ``.gitignore`` of a record has only lines that DVC adds to it.

    Args:
        before: The file's text at the revision.
        after: The file's text in the record.
        path: The file's path.
        graph: The stages of the revision.
        where: Place in the error message.

    Raises:
        ContentError: The record's text is not the revision's, with lines for outputs beside the file.
    """
    outs = [
        out.path for stage in graph.stages for out in stage.outs if out.cache and not is_external(out.path)
    ]
    lines = {f"/{PurePosixPath(out).name}" for out in outs if _beside(out) == path}
    added = after.removeprefix(before).split("\n") if after.startswith(before) else [after]
    foreign = [line for line in added if line and line not in lines]
    if foreign:
        raise _refused(path, f"it holds a line that is not DVC's: {abbreviate(foreign[0])}", where)


def _beside(path: str) -> str:
    return str(PurePosixPath(path).with_name(GITIGNORE))


def _refused(path: str, why: str, where: str) -> ContentError:
    return ContentError(
        f"The record holds a file that no run may add to its revision: {abbreviate(path)}: {why}",
        where=where,
        fix="clear the task that records the run; somebody else may have written its XCom",
    )
