"""Params: the values in params files, and overrides of a run."""

from __future__ import annotations

from trimtab.pipeline.params.overrides import (
    apply_overrides,
    check_overrides,
    is_commit_only,
    refuse_commit_only_params,
)
from trimtab.pipeline.params.params_files import ParamsFiles

__all__ = [
    "ParamsFiles",
    "apply_overrides",
    "check_overrides",
    "is_commit_only",
    "refuse_commit_only_params",
]
