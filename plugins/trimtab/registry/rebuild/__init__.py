"""Rebuild a registered version from what the registry says about it, and compare."""

from __future__ import annotations

from trimtab.registry.rebuild.rebuilt_version import rebuild, show_rebuilt
from trimtab.registry.rebuild.recorded_revision import (
    COMMIT,
    COMMITS,
    checkout_of,
    commit_of,
    fetch_locks,
    has_locks_of,
    locks_of,
)

__all__ = [
    "COMMIT",
    "COMMITS",
    "checkout_of",
    "commit_of",
    "fetch_locks",
    "has_locks_of",
    "locks_of",
    "rebuild",
    "show_rebuilt",
]
