"""Register what a pipeline made: candidate, MLflow run, model version."""

from __future__ import annotations

from trimtab.registry.publishing.candidate import (
    INPUT_EXAMPLE,
    MODEL,
    Candidate,
    behind,
    own_model,
    trusted_types,
)
from trimtab.registry.publishing.registration import experiment_named, publish, unless_gone
from trimtab.registry.publishing.uncommitted_changes import with_patch

__all__ = [
    "INPUT_EXAMPLE",
    "MODEL",
    "Candidate",
    "behind",
    "experiment_named",
    "own_model",
    "publish",
    "trusted_types",
    "unless_gone",
    "with_patch",
]
