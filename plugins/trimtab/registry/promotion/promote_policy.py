"""The promote policy: section ``promote`` of ``params.yaml``."""

from __future__ import annotations

from trimtab.learning.metric_names import COMPARISON_METRICS, ComparisonMetric
from trimtab.params_sections import PromotePolicy, SlicePolicy

__all__ = ["COMPARISON_METRICS", "ComparisonMetric", "PromotePolicy", "SlicePolicy"]
