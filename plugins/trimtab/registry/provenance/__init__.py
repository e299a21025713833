"""Where a model comes from: lock entries, artifacts, training windows, Python environment."""

from __future__ import annotations

from trimtab.registry.provenance.artifacts import artifact_file, find_artifact, require_artifact
from trimtab.registry.provenance.python_environment import ENVIRONMENT, changes_since, environment_lock
from trimtab.registry.provenance.recorded_lock import Lock, locks_hash
from trimtab.registry.provenance.training_windows import SEEN, UNTIL, Learnt, learnt_of, may_know, world_until

__all__ = [
    "ENVIRONMENT",
    "SEEN",
    "UNTIL",
    "Learnt",
    "Lock",
    "artifact_file",
    "changes_since",
    "environment_lock",
    "find_artifact",
    "learnt_of",
    "locks_hash",
    "may_know",
    "require_artifact",
    "world_until",
]
