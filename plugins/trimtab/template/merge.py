"""The three-way merge of a project with a new version of its template, by git's own merge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trimtab.errors import ProjectError
from trimtab.pipeline.git import git
from trimtab.template.repository import TemplateRepository, TreeFile

# What `git merge-tree` calls the versions of a file in a conflict.
BASE, OURS, THEIRS = "1", "2", "3"
OLDEST_GIT = (2, 38)  # its `merge-tree` writes the merged tree

Conflict = Mapping[str, TreeFile]
"""The versions of a file in a conflict, by ``BASE``, ``OURS`` and ``THEIRS``. One side may have none."""


@dataclass(frozen=True)
class Merge:
    """A merge.

    Attributes:
        files: The merged files by path. A file with a conflict has git's markers.
        conflicts: The versions of each file with a conflict.
    """

    files: Mapping[str, TreeFile]
    conflicts: Mapping[str, Conflict]


def merge(
    repository: TemplateRepository,
    base: Iterable[TreeFile],
    ours: Iterable[TreeFile],
    theirs: Iterable[TreeFile],
    *,
    label: str,
) -> Merge:
    """Merge the changes of the template from one version to another with those of a project.

    A file that the template moved takes the project's edits with it. A file that the project deleted stays
    deleted.

    Args:
        repository: A clone of the template that sees the objects of the project.
        base: The template's files in the version that the project has.
        ours: The same files in the project, and its own in the template's folders.
        theirs: The template's files in the new version.
        label: What conflict markers call the new version.
    """
    _require_merge_tree(repository)
    root = repository.write_commit(base)
    for name, side in (("your-project", ours), (label, theirs)):  # `refs/` comes before tags and branches
        git(repository.folder, "update-ref", f"refs/{name}", repository.write_commit(side, root))
    output = git(
        repository.folder, "-c", "merge.directoryRenames=false", "merge-tree", "--write-tree", "-z",
        "--no-messages", "your-project", label,
        strip=False, accept=(0, 1),
    )  # fmt: skip
    tree, *entries = output.rstrip("\0").split("\0")
    conflicts: dict[str, dict[str, TreeFile]] = defaultdict(dict)
    for entry in entries:
        about, _, path = entry.partition("\t")
        mode, blob, stage = about.split()
        conflicts[path][stage] = TreeFile(path, mode, blob)
    deleted = {path for path, versions in conflicts.items() if _is_deleted_by_project(versions)}
    return Merge(
        files={path: file for path, file in repository.files(tree).items() if path not in deleted},
        conflicts={path: versions for path, versions in conflicts.items() if path not in deleted},
    )


def _is_deleted_by_project(versions: Conflict) -> bool:
    return BASE in versions and OURS not in versions


def _require_merge_tree(repository: TemplateRepository) -> None:
    version = git(repository.folder, "version").split()[2]
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_GIT:
        oldest = ".".join(map(str, OLDEST_GIT))
        raise ProjectError(
            f"git is too old for `trimtab update`: {version}", fix=f"install git {oldest} or newer"
        )
