"""The promote policy: section ``promote`` of ``params.yaml``."""

from __future__ import annotations

from trimtab.params_sections import PromotePolicy, SlicePolicy

__all__ = ["PromotePolicy", "SlicePolicy"]
