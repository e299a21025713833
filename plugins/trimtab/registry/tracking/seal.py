"""The seal of a version: the hashes of its files and tags, as a param of its run.

Anyone with write access to MLflow can change tags and artifacts. Nobody can change a param over MLflow's API.
So no tag and no file is trusted before it has been compared with the seal. See docs/decisions/0022.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from trimtab.errors import RegistryError
from trimtab.registry.tracking.file_hashes import hash_file, hash_folder, hash_text
from trimtab.registry.tracking.model_version import Version
from trimtab.registry.tracking.version_tags import ARTIFACT_HASH, DECISION_TAG, SEAL, SIGNED_BY, TAG_PREFIX

SET_LATER = (DECISION_TAG,)  # tags that are set after registration, and so are not sealed
OF_VERSION = (ARTIFACT_HASH, SEAL, SIGNED_BY)  # tags that only a version has, and its run has not
PUBLISH = (
    "publish the same content again with `trimtab publish` or the training DAG, and promote that version"
)
RESTORE = "`trimtab restore` a backup and copy the original from there; or choose another version"


class SealContent(TypedDict):
    """The content of a seal.

    Attributes:
        tags: SHA-256 of the version's tags.
        files: SHA-256 of the run's files that are read again, by their path among its artifacts.
    """

    tags: str
    files: dict[str, str]


def write_seal(tags: Mapping[str, str], files: Mapping[str, str]) -> str:
    """Return the text of a seal.

    Args:
        tags: The version's tags.
        files: SHA-256 of the run's files that are read again, by their path among its artifacts.
    """
    content: SealContent = {"tags": _hash_tags(tags), "files": dict(files)}
    return json.dumps(content, sort_keys=True)


def hash_seal(version: Version) -> str:
    """Return the SHA-256 of a version's seal, which the ledger keeps; empty if it has none."""
    return hash_text(version.seal) if version.seal else ""


def signed_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that a signature covers: those of run and version, set before the model is signed."""
    return {name: value for name, value in _sealed_tags(tags).items() if name not in OF_VERSION}


def sealed_files(version: Version) -> Mapping[str, str]:
    """Return SHA-256 of the run's files that the seal of a version names, by their path.

    Raises:
        RegistryError: The version has no seal, or one that cannot be read.
    """
    return _read_seal(version)["files"]


def require_tags(version: Version) -> None:
    """Refuse a version whose tags differ from its seal.

    Raises:
        RegistryError: The tags differ, or the version has no seal.
    """
    if _read_seal(version)["tags"] != _hash_tags(version.tags):
        raise RegistryError(
            f"The tags of {version} differ from those it was registered with{_changed_tags(version)}",
            where=_where(version),
            fix=RESTORE,
        )


def require_sealed_model(version: Version, folder: Path) -> None:
    """Refuse the downloaded files of a version's model if they differ from those that were registered.

    Raises:
        RegistryError: A file was altered, added or removed, or a tag was changed.
    """
    require_tags(version)
    if hash_folder(folder) != version.tag("artifact_sha256"):
        raise RegistryError(
            f"The model files of {version} differ from those that were registered",
            where=_where(version),
            fix=f"no file was loaded; {RESTORE}",
        )


def require_file(version: Version, path: str, file: Path) -> None:
    """Refuse a downloaded file of a version's run if it differs from the one that was registered.

    Raises:
        RegistryError: It differs, or no file was registered under that path.
    """
    require_tags(version)
    if _read_seal(version)["files"].get(path) != hash_file(file):
        raise RegistryError(
            f"The file {path} of {version} differs from the one that was registered",
            where=f"MLflow: artifacts of run {version.run_id}",
            fix=RESTORE,
        )


def _read_seal(version: Version) -> SealContent:
    if not version.seal:
        raise RegistryError(
            f"{version} has no seal: its run has no param {SEAL}, so its files and tags cannot be checked",
            where=_where(version),
            fix=f"an earlier release registered it, or another tool; {PUBLISH}",
        )
    try:
        content = json.loads(version.seal)
        return {"tags": str(content["tags"]), "files": dict(content["files"])}
    except (ValueError, KeyError, TypeError) as err:
        raise RegistryError(
            f"The param {SEAL} of {version} cannot be read: {err!r}", where=_where(version), fix=PUBLISH
        ) from err


def _hash_tags(tags: Mapping[str, str]) -> str:
    """Return the SHA-256 of the library's tags, without those that are set after registration."""
    return hash_text(json.dumps(_sealed_tags(tags), sort_keys=True))


def _sealed_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in tags.items()
        if name.startswith(TAG_PREFIX) and name not in SET_LATER and value
    }


def _changed_tags(version: Version) -> str:
    """Name the tags in which the version differs from its run, which has the same tags."""
    import mlflow

    of_run = mlflow.MlflowClient().get_run(version.run_id).data.tags
    names = {name for name in {**of_run, **version.tags} if name.startswith(TAG_PREFIX)} - {*SET_LATER}
    changed = sorted(
        name for name in names - {*OF_VERSION} if version.tags.get(name, "") != of_run.get(name, "")
    )
    return f": {', '.join(changed)}" if changed else ""


def _where(version: Version) -> str:
    return f"MLflow: {version.uri}, run {version.run_id}"
