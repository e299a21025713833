"""The lock files of a version: in a checkout of its commit, and among the files of its MLflow run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from trimtab.errors import RegistryError
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.pipeline.lock import abbreviate, find_path_problem
from trimtab.registry.loading.download import download_unverified
from trimtab.registry.provenance import hash_lock_files
from trimtab.registry.tracking import (
    PUBLISH,
    RESTORE,
    TAG_PREFIX,
    MlflowClient,
    Version,
    require_tags,
    temporary_folder,
)


def lock_files(version: Version) -> list[str]:
    """Return the lock files that hold the entries of a version, as paths in the project.

    Raises:
        RegistryError: The tag names none, or one outside of the project.
    """
    names = version.tags.get(f"{TAG_PREFIX}lock_files") if version.seal else None
    if names is None:  # earlier releases published only stages of the project's own dvc.yaml
        return [LOCK]
    try:
        files = json.loads(names)
        wrong = [file for file in files if find_path_problem(file) or PurePosixPath(file).name != LOCK]
    except (ValueError, TypeError):
        files, wrong = [], [names]
    if wrong or not files:
        raise RegistryError(
            f"The tag {TAG_PREFIX}lock_files of {version} names no lock file: {abbreviate(names)}",
            where=f"MLflow: {version.uri}",
            fix=PUBLISH,
        )
    return [str(file) for file in files]


def has_registered_locks(version: Version, folder: Path) -> bool:
    """Whether a folder has the lock files that a version was registered with."""
    return hash_lock_files(folder, lock_files(version)) == version.tags.get(f"{TAG_PREFIX}lock_hash")


def download_locks(client: MlflowClient, version: Version, into: Path) -> dict[str, Path]:
    """Download the lock files of a version's run, and compare them with those that were registered.

    Args:
        client: MLflow's client.
        version: The version. One of an earlier release has no seal: its tag alone has the hash.
        into: Folder for the files.

    Returns:
        The downloaded files, by their path in the project.

    Raises:
        RegistryError: A file is missing or altered.
    """
    if version.seal:
        require_tags(version)
    locks = {file: download_unverified(client, version, file, into) for file in lock_files(version)}
    if not has_registered_locks(version, into):
        raise RegistryError(
            f"The {LOCK} among the files of {version} differs from the one that was registered",
            where=f"MLflow: artifacts of run {version.run_id}",
            fix=RESTORE,
        )
    return locks


def read_lock_texts(client: MlflowClient, versions: Mapping[int, Version]) -> dict[int, str]:
    """Return the text of the lock files that each version was published with.

    Raises:
        RegistryError: A file is missing or altered.
    """
    texts = {}
    for number, version in versions.items():
        with temporary_folder() as into:
            locks = download_locks(client, version, into).values()
            texts[number] = "".join(lock.read_text(encoding="utf-8") for lock in locks)
    return texts
