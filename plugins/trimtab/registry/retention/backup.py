"""Take a backup: MLflow's database and artifacts, the git repository, and the DVC objects of live versions.

The database is copied first, and then what it names. So everything that the copy names exists, even if others
write meanwhile. See docs/decisions/0020.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.pipeline.git import git
from trimtab.registry.retention.backup_artifacts import BackedUpArtifacts, back_up_artifacts, describe_file
from trimtab.registry.retention.backup_location import BackupLocation
from trimtab.registry.retention.backup_objects import fetch_live_objects
from trimtab.registry.retention.file_system import read_dvc_config
from trimtab.registry.retention.live_versions import find_live_versions
from trimtab.registry.retention.manifest import BUNDLE, MLFLOW, BackupManifest
from trimtab.registry.retention.mlflow_database import copy_database, read_server_settings
from trimtab.registry.retention.object_names import BACKUPS, blob_name
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.tracking import connection, temporary_folder


@dataclass(frozen=True)
class Backup:
    """A backup that was taken.

    Attributes:
        name: The name of its manifest.
        manifest: Its manifest.
        new_files: Number of files that the location did not have.
        new_bytes: Their size.
        locked_until: Until when all its files are locked; None if they are not.
    """

    name: str
    manifest: BackupManifest
    new_files: int
    new_bytes: int
    locked_until: datetime | None = None


def take_backup(root: Path, model: str, policy: RetentionPolicy, to: str, *, lock_days: int = 0) -> Backup:
    """Take a backup; only files that the location does not have are written.

    A part of a live version that is lost or altered is noted in the manifest; the rest is backed up.

    Args:
        root: The project's root.
        model: The registered model.
        policy: Which versions are live.
        to: A folder, an address, or the name of a DVC remote of the project.
        lock_days: Lock all files of the backup for these days, also those that earlier backups have written;
            0 locks nothing.

    Raises:
        ConfigError: The settings of MLflow's server are not in the environment.
        RegistryError: MLflow or its database does not answer, the repository is shallow, or the location has
            no object lock, and one is asked for.
        RemoteError: A remote or the backup location does not answer.
    """
    database, artifacts = read_server_settings()
    config = read_dvc_config(root)
    location = BackupLocation.open(to, config=config)
    if lock_days:
        location.require_lock()
    before = BackupManifest.read(location)
    with temporary_folder() as folder, connection() as client:
        live = dict(find_live_versions(client, model, policy).reasons)
        copy = copy_database(database, folder)
        live |= find_live_versions(client, model, policy).reasons  # some may have become live meanwhile
        lacking: list[str] = []
        objects = fetch_live_objects(root, client, model, live, lacking)
        sources = {f"{MLFLOW}/{copy.name}": copy, BUNDLE: _create_bundle(root, folder / BUNDLE)}
        backed_up = back_up_artifacts(artifacts, config, before, folder, location)
        return _write_backup(root, model, live, sources, objects, backed_up, lacking, location, lock_days)


def _write_backup(
    root: Path,
    model: str,
    live: dict[int, str],
    sources: dict[str, Path],
    objects: dict[str, Path],
    artifacts: BackedUpArtifacts,
    lacking: list[str],
    location: BackupLocation,
    lock_days: int,
) -> Backup:
    """Write database, bundle and objects, and then the manifest, which completes the backup."""
    files = {path: describe_file(file) for path, file in sources.items()}
    local = {blob_name(files[path]["sha256"]): file for path, file in sources.items()} | objects
    sizes = {name: file.stat().st_size for name, file in local.items()}
    written = location.missing(sizes)
    altered = location.put({name: local[name] for name in written})
    lacking += [f"{local[name]} is altered: remove it, then `dvc fetch`" for name in altered]
    manifest = BackupManifest(
        model=model,
        taken=datetime.now(UTC).isoformat(timespec="seconds"),
        live={str(number): reason for number, reason in sorted(live.items())},
        head=git(root, "symbolic-ref", "--quiet", "HEAD", accept=(0, 1)) or git(root, "rev-parse", "HEAD"),
        prefix=git(root, "rev-parse", "--show-prefix"),
        files={**files, **artifacts.files},
        objects={name: sizes[name] for name in objects if name not in altered},
        lacking=lacking,
    )
    content = manifest.to_json()
    time = manifest.taken[:19].replace(":", "-")
    name = f"{time}-{hashlib.sha256(content).hexdigest()}.json"
    # The files first: a backup whose manifest exists is locked as a whole.
    until = datetime.now(UTC) + timedelta(days=lock_days) if lock_days else None
    if until:
        location.lock(set(manifest.names), until)
    location.write_manifest(name, content)
    if until:
        location.lock([f"{BACKUPS}/{name}"], until)
    new_bytes = sum(sizes[name] for name in written) + artifacts.new_bytes
    return Backup(name, manifest, len(written) + artifacts.new_files, new_bytes, until)


def _create_bundle(root: Path, file: Path) -> Path:
    """Pack all references of the repository into a file.

    One thread packs, so that the same history gives the same bytes, which are stored once.
    """
    if git(root, "rev-parse", "--is-shallow-repository") == "true":
        raise RegistryError(
            "The repository is shallow, so its history cannot be backed up",
            where=str(root),
            fix="`git fetch --unshallow`",
        )
    git(root, "-c", "pack.threads=1", "bundle", "create", "--quiet", str(file), "--all", "HEAD")
    return file
