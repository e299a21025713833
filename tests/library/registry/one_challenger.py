"""Compare one version with the champion."""

from __future__ import annotations

from typing import Any

from trimtab.registry import ComparisonSummary, PromotePolicy, Version, compare_candidates


def compare_with_champion(version: Version, policy: PromotePolicy, **options: Any) -> ComparisonSummary:
    (compared,) = compare_candidates([version], policy, **options)
    return compared.summary
