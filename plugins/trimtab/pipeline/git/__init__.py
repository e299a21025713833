"""Pinned revisions of a project, and clones of its repository."""

from __future__ import annotations

from trimtab.pipeline.git.repository_clone import clone
from trimtab.pipeline.git.revision import (
    SNAPSHOTS,
    Revision,
    RevisionDict,
    commit_tree,
    ensure_revision,
    has_commit,
    pin_revision,
)
from trimtab.pipeline.git_command import git

__all__ = [
    "SNAPSHOTS",
    "Revision",
    "RevisionDict",
    "clone",
    "commit_tree",
    "ensure_revision",
    "git",
    "has_commit",
    "pin_revision",
]
