"""The promote policy: section ``promote`` of ``params.yaml``."""

from __future__ import annotations

from trimtab.params_sections import COMPARISON_METRICS, ComparisonMetric, PromotePolicy, SlicePolicy

__all__ = ["COMPARISON_METRICS", "ComparisonMetric", "PromotePolicy", "SlicePolicy"]
