"""Provenance of a model: lock entries, artifacts, training windows, Python environment."""

from __future__ import annotations

from trimtab.registry.provenance.artifacts import artifact_file, find_artifact, require_artifact
from trimtab.registry.provenance.content_hashes import hash_lock_files
from trimtab.registry.provenance.data_extent import (
    DATA_UNTIL_TAG,
    SEEN_UNTIL_TAG,
    DataExtent,
    current_data_end,
)
from trimtab.registry.provenance.python_environment import ENVIRONMENT, environment_changes, environment_lock
from trimtab.registry.provenance.recorded_lock import RecordedLock
from trimtab.registry.provenance.training_overlap import describe_leakage
from trimtab.registry.provenance.training_windows import find_data_extent

__all__ = [
    "DATA_UNTIL_TAG",
    "ENVIRONMENT",
    "SEEN_UNTIL_TAG",
    "DataExtent",
    "RecordedLock",
    "artifact_file",
    "current_data_end",
    "describe_leakage",
    "environment_changes",
    "environment_lock",
    "find_artifact",
    "find_data_extent",
    "hash_lock_files",
    "require_artifact",
]
