"""Params files: their values, and what a run may set instead."""

from __future__ import annotations

from trimtab.pipeline.params.params_files import (
    ParamsFiles,
    apply_overrides,
    check_overrides,
    is_fixed,
    refuse_fixed,
)

__all__ = [
    "ParamsFiles",
    "apply_overrides",
    "check_overrides",
    "is_fixed",
    "refuse_fixed",
]
