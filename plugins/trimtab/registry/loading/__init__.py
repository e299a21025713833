"""Download and load a registered model, after its files were compared with the seal and the ledger."""

from __future__ import annotations

from trimtab.registry.loading.download import (
    download_model,
    download_output,
    download_reference,
    download_unverified,
    download_verified,
    require_signed,
)
from trimtab.registry.loading.mlmodel_file import read_signature
from trimtab.registry.loading.model_loading import (
    load_downloaded,
    load_version,
    require_problem_type,
    smoke_test,
)
from trimtab.registry.loading.model_trust import NO_PROJECT, ModelTrust
from trimtab.registry.loading.recorded_locks import (
    download_locks,
    has_registered_locks,
    read_lock_texts,
)
from trimtab.registry.loading.scoring_model import Estimator, ScoringModel

__all__ = [
    "NO_PROJECT",
    "Estimator",
    "ModelTrust",
    "ScoringModel",
    "download_locks",
    "download_model",
    "download_output",
    "download_reference",
    "download_unverified",
    "download_verified",
    "has_registered_locks",
    "load_downloaded",
    "load_version",
    "read_lock_texts",
    "read_signature",
    "require_problem_type",
    "require_signed",
    "smoke_test",
]
