"""Run events of OpenLineage: what a stage read and wrote, by DVC's hashes, and what gates found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names
from trimtab.lineage_events.observation import is_on, observe_lineage

if TYPE_CHECKING:
    from trimtab.lineage_events.stage_lineage import StageLineage, describe_stage

__all__ = ["StageLineage", "describe_stage", "is_on", "observe_lineage"]

__getattr__ = lazy_names(__name__, {"stage_lineage": ["StageLineage", "describe_stage"]})
