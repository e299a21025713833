"""Load a registered model, after its files were compared with what was registered."""

from __future__ import annotations

from trimtab.registry.loading.model_loading import (
    download,
    download_file,
    download_reference,
    fetch,
    load_files,
    load_version,
    signature_of,
    try_out,
)
from trimtab.registry.loading.scoring_model import ScoringModel

__all__ = [
    "ScoringModel",
    "download",
    "download_file",
    "download_reference",
    "fetch",
    "load_files",
    "load_version",
    "signature_of",
    "try_out",
]
