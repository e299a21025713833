"""Verify, back up, restore and prune what the registry has."""

from __future__ import annotations

from trimtab.registry.retention.backup import take_backup
from trimtab.registry.retention.backup_location import BackupLocation, open_backup_location
from trimtab.registry.retention.file_system import open_file_system, read_dvc_config
from trimtab.registry.retention.live_versions import find_live_versions
from trimtab.registry.retention.manifest import ARTIFACTS, MLFLOW, BackupManifest
from trimtab.registry.retention.mlflow_database import POSTGRESQL_COPY, SQLITE_COPY, empty_database
from trimtab.registry.retention.object_names import BACKUPS
from trimtab.registry.retention.pruning import find_removals
from trimtab.registry.retention.report_table import show_removals, show_verification, size_text
from trimtab.registry.retention.restoration import RestoredBackup, check_backup, restore
from trimtab.registry.retention.retention_policy import read_policy
from trimtab.registry.retention.storage import Storage
from trimtab.registry.retention.verification import Verification, verify

__all__ = [
    "ARTIFACTS",
    "BACKUPS",
    "MLFLOW",
    "POSTGRESQL_COPY",
    "SQLITE_COPY",
    "BackupLocation",
    "BackupManifest",
    "RestoredBackup",
    "Storage",
    "Verification",
    "check_backup",
    "empty_database",
    "find_live_versions",
    "find_removals",
    "open_backup_location",
    "open_file_system",
    "read_dvc_config",
    "read_policy",
    "restore",
    "show_removals",
    "show_verification",
    "size_text",
    "take_backup",
    "verify",
]
