"""The recovery policy, section ``recovery`` of ``params.yaml``, and where the backups are."""

from __future__ import annotations

import os
from pathlib import Path

from trimtab.config import load_params
from trimtab.errors import ConfigError
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.params_sections import RecoveryPolicy

__all__ = ["BACKUP_VARIABLE", "RecoveryPolicy", "find_backup_location", "read_recovery_policy"]

BACKUP_VARIABLE = "TRIMTAB_BACKUP"
SECTION = "recovery"


def read_recovery_policy(root: Path) -> RecoveryPolicy:
    """Read the recovery policy of a project; one without the section has the defaults.

    Raises:
        ConfigError: The section cannot be used.
    """
    file = root / PARAMS_FILE
    if not file.is_file() or SECTION not in load_yaml(file):
        return RecoveryPolicy()
    return load_params(RecoveryPolicy, SECTION, file)


def find_backup_location(given: str | None) -> str:
    """Return the backup location: the given one, or that of the environment.

    Raises:
        ConfigError: There is none.
    """
    found = given or os.environ.get(BACKUP_VARIABLE, "")
    if not found:
        raise ConfigError(
            "The backup location is not set",
            where=f"environment: {BACKUP_VARIABLE}",
            fix="set it to the location that `trimtab backup` writes to, or name the location",
        )
    return found
