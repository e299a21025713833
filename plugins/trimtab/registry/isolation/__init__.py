"""Tainted data: which content is isolated, by whom and why, and whether a version comes from it."""

from __future__ import annotations

from trimtab.registry.isolation.folder_listings import FolderListings, open_listings
from trimtab.registry.isolation.isolation_entry import IsolationEntry, normalize_hash
from trimtab.registry.isolation.isolation_log import IsolationLog
from trimtab.registry.isolation.lock_contents import (
    LockedStage,
    downstream,
    locked_stages,
    tainted_stages,
)
from trimtab.registry.isolation.taint import (
    Taint,
    find_listed_taint,
    find_taint,
    read_taint,
    require_untainted,
)

__all__ = [
    "FolderListings",
    "IsolationEntry",
    "IsolationLog",
    "LockedStage",
    "Taint",
    "downstream",
    "find_listed_taint",
    "find_taint",
    "locked_stages",
    "normalize_hash",
    "open_listings",
    "read_taint",
    "require_untainted",
    "tainted_stages",
]
