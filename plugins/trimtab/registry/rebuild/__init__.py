"""Rebuild a registered version from its commit, params, lock and data, and compare."""

from __future__ import annotations

from trimtab.registry.rebuild.rebuild_table import show_rebuilt
from trimtab.registry.rebuild.rebuilt_version import rebuild
from trimtab.registry.rebuild.recorded_locks import download_locks, has_registered_locks, read_lock_texts
from trimtab.registry.rebuild.recorded_revision import (
    checkout_version,
    find_commit,
    is_project_commit,
    recorded_commits,
)

__all__ = [
    "checkout_version",
    "download_locks",
    "find_commit",
    "has_registered_locks",
    "is_project_commit",
    "read_lock_texts",
    "rebuild",
    "recorded_commits",
    "show_rebuilt",
]
