"""The retention policy: section ``retention`` of ``params.yaml``."""

from __future__ import annotations

from pathlib import Path

from trimtab.config import load_params
from trimtab.params_file import PARAMS_FILE
from trimtab.params_sections import RetentionPolicy

__all__ = ["RetentionPolicy", "read_policy"]


def read_policy(root: Path) -> RetentionPolicy:
    """Read the retention policy of a project.

    Raises:
        ConfigError: The section cannot be used.
    """
    return load_params(RetentionPolicy, "retention", root / PARAMS_FILE)
