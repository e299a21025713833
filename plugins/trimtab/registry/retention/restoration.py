"""Restore a backup into an empty folder: MLflow's data, and the project with its history and its cache."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.pipeline.git import git
from trimtab.registry.retention.backup_location import BackupLocation
from trimtab.registry.retention.file_system import read_dvc_config
from trimtab.registry.retention.manifest import ARTIFACTS, BUNDLE, MLFLOW, BackupManifest
from trimtab.registry.retention.mlflow_database import POSTGRESQL_COPY, SQLITE_COPY, load_database
from trimtab.registry.retention.object_names import blob_name
from trimtab.registry.tracking import BACKEND_STORE_VARIABLE

PROJECT = "project"


@dataclass(frozen=True)
class RestoredBackup:
    """A backup that was restored.

    Attributes:
        manifest: Its manifest.
        project: The restored project's root.
        server_command: The command that starts MLflow on the restored data.
    """

    manifest: BackupManifest
    project: Path
    server_command: str


def check_backup(location: BackupLocation, *, name: str = "") -> BackupManifest:
    """Read all files of a backup, of the newest one if no name is given, and compare their hashes.

    Raises:
        RegistryError: There is no backup, or a file of it is missing or altered.
    """
    manifest = BackupManifest.read(location, name=name)
    if manifest is None:
        raise RegistryError(
            "The location has no backup", where=location.shown, fix="take one with `trimtab backup`"
        )
    location.check(manifest.names)
    return manifest


def restore(
    location: BackupLocation, into: Path, *, name: str = "", database: str | None = None
) -> RestoredBackup:
    """Restore a backup, the newest one if no name is given.

    All files are checked before anything is written. The folder appears when it is complete.

    Args:
        location: The backup location.
        into: A folder that is empty or does not exist.
        name: The backup.
        database: The empty database that a PostgreSQL database is loaded into; by default that of
            MLFLOW_BACKEND_STORE_URI, if it is set.

    Raises:
        ConfigError: The backup has a PostgreSQL database, and the environment names another kind.
        RegistryError: The folder or the database is not empty, or a file of the backup is missing or altered.
    """
    into = into.absolute()
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise RegistryError(
            "The folder is not empty", where=str(into), fix="give a new folder; nothing was written"
        )
    manifest = check_backup(location, name=name)
    into.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        for path, file in manifest.files.items():
            location.get(blob_name(file["sha256"]), part / path)
        (part / ARTIFACTS).mkdir(parents=True, exist_ok=True)
        _restore_project(location, manifest, part)
        dump = part / MLFLOW / POSTGRESQL_COPY
        database = os.environ.get(BACKEND_STORE_VARIABLE) if database is None else database
        if dump.exists() and database:
            load_database(database, dump)
        part.chmod(0o755)
        part.replace(into)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return RestoredBackup(manifest, into / PROJECT / manifest.prefix, _server_command(manifest, into))


def _restore_project(location: BackupLocation, manifest: BackupManifest, part: Path) -> None:
    top = part / PROJECT
    top.mkdir()
    git(top, "init", "--quiet", "--initial-branch=restored")
    git(top, "fetch", "--quiet", "--update-head-ok", str(part / BUNDLE), "+refs/*:refs/*")
    git(top, "fetch", "--quiet", str(part / BUNDLE), "HEAD")
    _remove_replacements(top)
    branch = manifest.head.removeprefix("refs/heads/")
    checkout = [branch] if branch != manifest.head else ["--detach", manifest.head]
    git(top, "checkout", "--quiet", *checkout)
    (part / BUNDLE).unlink()
    root = top / manifest.prefix
    _require_inside(root / ".dvc" / "config.local", part)
    cache = _configure_cache(root)
    for name in manifest.objects:
        target = cache / name
        _require_inside(target, part)
        location.get(name, target)
        target.chmod(0o444)  # DVC write-protects the objects of its cache


def _remove_replacements(top: Path) -> None:
    """Remove references by which git would show another content than that of a commit's hash."""
    for reference in git(top, "for-each-ref", "--format=%(refname)", "refs/replace").splitlines():
        git(top, "update-ref", "-d", reference)


def _require_inside(target: Path, part: Path) -> None:
    """Refuse to write through a symbolic link of the restored commit: it may lead anywhere."""
    if target.resolve() != part.resolve() / target.relative_to(part):
        raise RegistryError(
            f"The backed-up project has a symbolic link in a path of the restore: {target.relative_to(part)}",
            where=f"it leads to {target.resolve()}",
            fix="`git clone` the bundle among the files of the backup, and check what was committed; "
            "nothing was restored",
        )


def _configure_cache(root: Path) -> Path:
    """Return the folder for the project's cache: below ``.dvc``, wherever the original one was."""
    if read_dvc_config(root)["cache"].get("dir"):
        with (root / ".dvc" / "config.local").open("a", encoding="utf-8") as file:
            file.write("[cache]\n    dir = cache\n")
    return root / ".dvc" / "cache"


def _server_command(manifest: BackupManifest, into: Path) -> str:
    if f"{MLFLOW}/{POSTGRESQL_COPY}" in manifest.files:
        database = (  # the value may have a password
            f'"${BACKEND_STORE_VARIABLE}"'
            if os.environ.get(BACKEND_STORE_VARIABLE)
            else f"postgresql://… # pg_restore {into / MLFLOW / POSTGRESQL_COPY} first"
        )
    else:
        database = f"sqlite:///{into / MLFLOW / SQLITE_COPY}"
    return f"mlflow server --backend-store-uri {database} --artifacts-destination {into / ARTIFACTS}"
