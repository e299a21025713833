"""Verify, back up, restore and prune what the registry has."""

from __future__ import annotations

from trimtab.registry.retention.backup import take_backup
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.pruning import find_removals
from trimtab.registry.retention.report_table import show_removals, show_verification, size_text
from trimtab.registry.retention.restoration import check_backup, restore
from trimtab.registry.retention.retention_policy import read_policy
from trimtab.registry.retention.verification import Verification, verify

__all__ = [
    "Verification",
    "check_backup",
    "find_removals",
    "open_backup_location",
    "read_policy",
    "restore",
    "show_removals",
    "show_verification",
    "size_text",
    "take_backup",
    "verify",
]
