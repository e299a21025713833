"""Download and load a registered model, after its files were compared with the seal and the ledger."""

from __future__ import annotations

from trimtab.registry.loading.download import (
    download_model,
    download_output,
    download_reference,
    download_unverified,
    download_verified,
)
from trimtab.registry.loading.mlmodel_file import read_signature
from trimtab.registry.loading.model_loading import (
    load_downloaded,
    load_version,
    require_problem_type,
    smoke_test,
)
from trimtab.registry.loading.scoring_model import Estimator, ScoringModel

__all__ = [
    "Estimator",
    "ScoringModel",
    "download_model",
    "download_output",
    "download_reference",
    "download_unverified",
    "download_verified",
    "load_downloaded",
    "load_version",
    "read_signature",
    "require_problem_type",
    "smoke_test",
]
