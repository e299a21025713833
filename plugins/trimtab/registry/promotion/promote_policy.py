"""What it takes to become champion, and who has a say: section ``promote`` of ``params.yaml``."""

from __future__ import annotations

from trimtab.params_sections import METRICS, MetricName, PromotePolicy, SlicePolicy

__all__ = ["METRICS", "MetricName", "PromotePolicy", "SlicePolicy"]
