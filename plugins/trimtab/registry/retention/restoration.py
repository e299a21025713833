"""Restore a backup into an empty place: MLflow's data, and the project with its history and its contents."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import RegistryError
from trimtab.pipeline.git import git
from trimtab.registry.retention.backup_location import Vault, blob_name
from trimtab.registry.retention.manifest import BUNDLE, FILES, MLFLOW, Backup
from trimtab.registry.retention.mlflow_database import BACKEND, POSTGRESQL, load_database

PROJECT = "project"


@dataclass(frozen=True)
class Restored:
    """What is where now.

    Attributes:
        backup: What was restored.
        project: The project's root.
        server: The command that serves MLflow from there.
    """

    backup: Backup
    project: Path
    server: str


def open_vault(place: str) -> Vault:
    """Open a place for backups, with the settings of the project in the working directory, if it is one."""
    from dvc.config import Config

    here = Path.cwd() / ".dvc"
    return Vault.at(place, settings=Config(str(here)) if here.is_dir() else Config(validate=False))


def check_backup(vault: Vault, *, name: str = "") -> Backup:
    """Read all of a backup, the newest one if not named, and compare it with its hashes.

    Raises:
        RegistryError: There is none, or something of it is missing or altered.
    """
    backup = Backup.newest(vault, name=name)
    if backup is None:
        raise RegistryError("There is no backup", where=vault.shown, fix="`trimtab backup` takes one")
    vault.check(backup.names)
    return backup


def restore(vault: Vault, into: Path, *, name: str = "") -> Restored:
    """Restore a backup, the newest one if not named.

    All of it is checked before anything is written, and the folder appears once all of it is there.

    Args:
        vault: Where it is.
        into: A folder that is empty, or is not there yet.
        name: Which backup.

    Raises:
        RegistryError: The folder or the database is not empty, or something of the backup is missing or
            altered.
    """
    into = into.absolute()
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise RegistryError(
            "The place is not empty", where=str(into), fix="name a new folder; nothing was written"
        )
    backup = check_backup(vault, name=name)
    into.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        for path, file in backup.files.items():
            vault.get(blob_name(file["sha256"]), part / path)
        (part / FILES).mkdir(parents=True, exist_ok=True)
        _restore_project(vault, backup, part)
        dump = part / MLFLOW / POSTGRESQL
        if dump.exists() and os.environ.get(BACKEND):
            load_database(os.environ[BACKEND], dump)
        part.chmod(0o755)
        part.replace(into)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Restored(backup, into / PROJECT / backup.prefix, _server(backup, into))


def _restore_project(vault: Vault, backup: Backup, part: Path) -> None:
    top = part / PROJECT
    top.mkdir()
    git(top, "init", "--quiet", "--initial-branch=restored")
    git(top, "fetch", "--quiet", "--update-head-ok", str(part / BUNDLE), "+refs/*:refs/*")
    git(top, "fetch", "--quiet", str(part / BUNDLE), "HEAD")
    branch = backup.head.removeprefix("refs/heads/")
    git(top, "checkout", "--quiet", *([branch] if branch != backup.head else ["--detach", backup.head]))
    (part / BUNDLE).unlink()
    root = top / backup.prefix
    _require_inside(root / ".dvc" / "config.local", part)
    cache = _cache_of(root)
    for name in backup.objects:
        target = cache / name
        _require_inside(target, part)
        vault.get(name, target)
        target.chmod(0o444)  # as DVC protects what is in its cache


def _require_inside(target: Path, part: Path) -> None:
    """Refuse to write through a link that the restored commit holds, which may lead anywhere."""
    if target.resolve() != part.resolve() / target.relative_to(part):
        raise RegistryError(
            f"The project of the backup has a link where it is to be written: {target.relative_to(part)}",
            where=f"it leads to {target.resolve()}",
            fix="`git clone` the bundle among the backup's files, and look at what was committed; "
            "nothing was restored",
        )


def _cache_of(root: Path) -> Path:
    """Return where the project's cache is to be: beside its settings, wherever it was."""
    from dvc.config import Config

    settings: Any = Config(str(root / ".dvc"))
    if settings["cache"].get("dir"):
        with (root / ".dvc" / "config.local").open("a", encoding="utf-8") as file:
            file.write("[cache]\n    dir = cache\n")
    return root / ".dvc" / "cache"


def _server(backup: Backup, into: Path) -> str:
    if f"{MLFLOW}/{POSTGRESQL}" in backup.files:
        database = (  # its value may hold a password
            f'"${BACKEND}"'
            if os.environ.get(BACKEND)
            else f"postgresql://… # pg_restore {into / MLFLOW / POSTGRESQL} first"
        )
    else:
        database = f"sqlite:///{into / MLFLOW / 'mlflow.db'}"
    return f"mlflow server --backend-store-uri {database} --artifacts-destination {into / FILES}"
