"""The files of one checkout: dependencies, outputs, data of ``.dvc`` files."""

from __future__ import annotations

from trimtab.pipeline.worktree.dvc_files import bring_sources
from trimtab.pipeline.worktree.edited_data import refuse_edited_data
from trimtab.pipeline.worktree.gitignore import (
    have_ignored,
    ignored_by_dvc,
    refuse_tracked,
    seen_by,
    tracked_by_git,
)
from trimtab.pipeline.worktree.imported_data import refuse_changed_imports
from trimtab.pipeline.worktree.outputs import store_outputs
from trimtab.pipeline.worktree.path_locks import reserved
from trimtab.pipeline.worktree.symlink_escapes import refuse_way_out
from trimtab.pipeline.worktree.worktree import WorkTree, overlap

__all__ = [
    "WorkTree",
    "bring_sources",
    "have_ignored",
    "ignored_by_dvc",
    "overlap",
    "refuse_changed_imports",
    "refuse_edited_data",
    "refuse_tracked",
    "refuse_way_out",
    "reserved",
    "seen_by",
    "store_outputs",
    "tracked_by_git",
]
