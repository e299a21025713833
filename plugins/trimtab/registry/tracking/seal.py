"""What a version is registered with, in a param of its run: MLflow lets nobody change a param over its API.

Tags and artifacts can be changed by whoever may write to MLflow, so neither is believed without it.
See docs/decisions/0022.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trimtab.errors import RegistryError
from trimtab.registry.tracking.file_hashes import file_digest, folder_digest
from trimtab.registry.tracking.model_version import ARTIFACT_HASH, SEAL, TAG_PREFIX, Version

LATER = (f"{TAG_PREFIX}decision",)  # tags that are set after a version is registered
PUBLISH = "publish the same content anew with `trimtab publish` or the training DAG, and promote that version"
RESTORE = "`trimtab restore` a backup, and put it back from there; or choose another version"


def seal_of(tags: Mapping[str, str], files: Mapping[str, str]) -> str:
    """Return the text of a seal.

    Args:
        tags: The version's.
        files: SHA-256 of those of its run that are read again later, by their path there.
    """
    return json.dumps({"tags": _digest(tags), "files": dict(files)}, sort_keys=True)


def seal_hash(version: Version) -> str:
    """Return the SHA-256 of a version's seal, which the ledger keeps; empty if it has none."""
    return hashlib.sha256(version.seal.encode()).hexdigest() if version.seal else ""


def require_tags(version: Version) -> None:
    """Refuse a version whose tags are not those it was registered with.

    Raises:
        RegistryError: They are not, or it is not on record which those were.
    """
    if _content(version)["tags"] != _digest(version.tags):
        raise RegistryError(
            f"The tags of {version} are not those it was registered with{_differing(version)}",
            where=_where(version),
            fix=RESTORE,
        )


def require_sealed_model(version: Version, folder: Path) -> None:
    """Refuse the files of a version's model if they are not those that were registered.

    Raises:
        RegistryError: A file was altered, added or removed, or so were tags.
    """
    require_tags(version)
    if folder_digest(folder) != version.tags.get(ARTIFACT_HASH):
        raise RegistryError(
            f"The files of the model of {version} are not those that were registered",
            where=_where(version),
            fix=f"nothing of them was loaded; {RESTORE}",
        )


def require_file(version: Version, path: str, file: Path) -> None:
    """Refuse a file of a version's run that is not the one that was registered.

    Raises:
        RegistryError: It is not, or none was registered under that path.
    """
    require_tags(version)
    if _content(version)["files"].get(path) != file_digest(file):
        raise RegistryError(
            f"The {path} kept with {version} is not the one it was registered with",
            where=f"MLflow: artifacts of run {version.run_id}",
            fix=RESTORE,
        )


def _content(version: Version) -> dict[str, Any]:
    if not version.seal:
        raise RegistryError(
            f"It is not on record which files and tags {version} was registered with: its run has no {SEAL}",
            where=_where(version),
            fix=f"an earlier release registered it, or not trimtab; {PUBLISH}",
        )
    try:
        content = json.loads(version.seal)
        return {"tags": str(content["tags"]), "files": dict(content["files"])}
    except (ValueError, KeyError, TypeError) as err:
        raise RegistryError(
            f"The param {SEAL} of {version} cannot be read: {err!r}", where=_where(version), fix=PUBLISH
        ) from err


def _digest(tags: Mapping[str, str]) -> str:
    """Return the SHA-256 of the tags that are sealed: the library's, without those it sets later."""
    kept = {
        name: value
        for name, value in tags.items()
        if name.startswith(TAG_PREFIX) and name not in LATER and value
    }
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _differing(version: Version) -> str:
    """Name the tags that its run has otherwise, as far as those were left alone."""
    import mlflow

    of_run = mlflow.MlflowClient().get_run(version.run_id).data.tags
    names = {name for name in {**of_run, **version.tags} if name.startswith(TAG_PREFIX)} - {*LATER}
    found = sorted(
        name for name in names - {ARTIFACT_HASH, SEAL} if version.tags.get(name, "") != of_run.get(name, "")
    )
    return f": {', '.join(found)}" if found else ""


def _where(version: Version) -> str:
    return f"MLflow: models:/{version.name}/{version.version}, run {version.run_id}"
