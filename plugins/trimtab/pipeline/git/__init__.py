"""Pinned revisions of the project, and clones of its repository."""

from __future__ import annotations

from trimtab.pipeline.git.repository_clone import clone
from trimtab.pipeline.git.revision import SNAPSHOTS, Revision, available, commit_tree, git, holds, pin

__all__ = ["SNAPSHOTS", "Revision", "available", "clone", "commit_tree", "git", "holds", "pin"]
