"""Back up MLflow's artifacts: only those that changed since the last backup are read."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from trimtab.registry.retention.backup_location import BackupLocation
from trimtab.registry.retention.file_system import DvcConfig, FileSystem, as_remote_errors, open_file_system
from trimtab.registry.retention.manifest import ARTIFACTS, BackupFile, BackupManifest
from trimtab.registry.retention.object_names import blob_name
from trimtab.registry.tracking import hash_file


class ArtifactStamp(TypedDict, total=False):
    """What shows that an artifact has not changed; artifacts are written once.

    Attributes:
        size: Its size in bytes.
        stamp: Its ETag or modification time.
    """

    size: int
    stamp: str


@dataclass(frozen=True)
class BackedUpArtifacts:
    """The artifacts of a backup.

    Attributes:
        files: Path in a restored folder to the file.
        new_files: Number of files that the location did not have.
        new_bytes: Their size.
    """

    files: Mapping[str, BackupFile]
    new_files: int
    new_bytes: int


def describe_file(file: Path) -> BackupFile:
    """Return hash and size of a local file."""
    return {"sha256": hash_file(file), "size": file.stat().st_size}


def back_up_artifacts(
    artifacts: str, config: DvcConfig, before: BackupManifest | None, folder: Path, location: BackupLocation
) -> BackedUpArtifacts:
    """Write the artifacts that the location does not have, one after the other.

    Args:
        artifacts: Where MLflow's server keeps its artifacts.
        config: DVC's configuration.
        before: The manifest of the last backup.
        folder: A temporary folder.
        location: The backup location.

    Raises:
        RemoteError: A file system does not answer.
    """
    fs, path = open_file_system(artifacts, config)
    known = before.files if before else {}
    files: dict[str, BackupFile] = {}
    sizes: list[int] = []
    with as_remote_errors(f"MLflow's artifacts, {artifacts}"):
        sources = {f"{ARTIFACTS}/{'/'.join(fs.relparts(file, path))}": file for file in _find(fs, path)}
        for name, source in sources.items():
            if name in known and _read_stamp(fs, source).items() <= known[name].items():
                files[name] = known[name]
        expected = {blob_name(file["sha256"]): file["size"] for file in files.values()}
        lost = set(location.missing(expected))
        for name, source in sources.items():
            if name in files and blob_name(files[name]["sha256"]) not in lost:
                continue
            with contextlib.suppress(FileNotFoundError):  # `mlflow gc` has removed it meanwhile
                files[name], size = _back_up_artifact(fs, source, folder / "artifact", location)
                sizes += [size] if size else []
    return BackedUpArtifacts(files, len(sizes), sum(sizes))


def _back_up_artifact(
    fs: FileSystem, source: str, part: Path, location: BackupLocation
) -> tuple[BackupFile, int]:
    """Write an artifact, and return it with its size; with 0 if the location had it."""
    stamp = _read_stamp(fs, source)
    fs.get_file(source, str(part))
    file = cast(BackupFile, {**stamp, **describe_file(part)})
    blob, size = blob_name(file["sha256"]), file["size"]
    if not location.missing({blob: size}):
        return file, 0
    location.put({blob: part})
    return file, size


def _read_stamp(fs: FileSystem, source: str) -> ArtifactStamp:
    try:
        about = fs.info(source)
    except FileNotFoundError:
        return {"stamp": "gone"}
    return {"size": about["size"], "stamp": str(about.get("ETag") or about.get("mtime"))}


def _find(fs: FileSystem, path: str) -> list[str]:
    return sorted(fs.find(path)) if fs.exists(path) else []
