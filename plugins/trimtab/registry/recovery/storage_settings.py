"""Where the copies of a project are: DVC's cache and remotes as committed, and the backup location.

A drill records them. So a change of them is noticed before the next drill proves or refutes the new ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trimtab.errors import ProjectError
from trimtab.escaping import without_credentials
from trimtab.pipeline.dvc_errors import refusals
from trimtab.registry.retention import BackupLocation

CACHE_KEYS = ("dir", "type", "shared")


def read_storage_settings(root: Path, location: BackupLocation) -> dict[str, str]:
    """Return the settings by name, without credentials.

    Args:
        root: The project's root. Only ``.dvc/config`` counts: other files are of one machine.
        location: The backup location.

    Raises:
        ProjectError: DVC refuses the configuration.
    """
    from dvc.config import Config

    with refusals(ProjectError, where=str(root)):
        config: Any = Config(str(root / ".dvc")).read("repo")
    return {
        "backup location": without_credentials(location.shown),
        "object lock": "on" if location.can_lock() else "off",
        **dict(_committed(config)),
    }


def changed_settings(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return a sentence for each setting that has changed."""
    return [
        f"{name} was {before.get(name, '(not set)')}, and is {now.get(name, '(not set)')}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]


def _committed(config: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    if remote := config.get("core", {}).get("remote"):
        yield "default DVC remote", str(remote)
    for name, options in config.get("remote", {}).items():
        yield f"DVC remote '{name}'", without_credentials(str(options.get("url", "")))
    for key in CACHE_KEYS:
        if key in config.get("cache", {}):
            yield f"DVC cache, {key}", str(config["cache"][key])
