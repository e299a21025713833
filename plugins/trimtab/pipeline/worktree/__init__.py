"""A checkout in which stages run: dependencies, outputs, source data, ``.gitignore``, path locks."""

from __future__ import annotations

from trimtab.pipeline.worktree.dvc_files import update_source_data
from trimtab.pipeline.worktree.edited_data import refuse_edited_data
from trimtab.pipeline.worktree.gitignore import (
    git_tracked_outputs,
    gitignored_in_dependencies,
    gitignored_outputs,
    refuse_git_tracked_outputs,
    update_gitignore,
)
from trimtab.pipeline.worktree.imported_data import refuse_changed_imports
from trimtab.pipeline.worktree.outputs import store_stage_outputs
from trimtab.pipeline.worktree.path_locks import lock_stage_paths
from trimtab.pipeline.worktree.symlink_escapes import refuse_symlink_escape
from trimtab.pipeline.worktree.worktree import WorkTree, overlap

__all__ = [
    "WorkTree",
    "git_tracked_outputs",
    "gitignored_in_dependencies",
    "gitignored_outputs",
    "lock_stage_paths",
    "overlap",
    "refuse_changed_imports",
    "refuse_edited_data",
    "refuse_git_tracked_outputs",
    "refuse_symlink_escape",
    "store_stage_outputs",
    "update_gitignore",
    "update_source_data",
]
