"""The MLflow server, model versions, and the seal that a version is registered with."""

from __future__ import annotations

from trimtab.registry.tracking.file_hashes import file_digest, folder_digest
from trimtab.registry.tracking.model_version import (
    ARTIFACT_HASH,
    PATCH,
    SEAL,
    TAG_PREFIX,
    Version,
    by_key,
    every_version,
    is_there,
    require_model,
    require_version,
    sealed,
)
from trimtab.registry.tracking.seal import (
    PUBLISH,
    RESTORE,
    require_file,
    require_sealed_model,
    require_tags,
    seal_hash,
    seal_of,
)
from trimtab.registry.tracking.server import connection, require_server, upsert

__all__ = [
    "ARTIFACT_HASH",
    "PATCH",
    "PUBLISH",
    "RESTORE",
    "SEAL",
    "TAG_PREFIX",
    "Version",
    "by_key",
    "connection",
    "every_version",
    "file_digest",
    "folder_digest",
    "is_there",
    "require_file",
    "require_model",
    "require_sealed_model",
    "require_server",
    "require_tags",
    "require_version",
    "seal_hash",
    "seal_of",
    "sealed",
    "upsert",
]
