"""Run events of OpenLineage: what a stage read and wrote, by DVC's hashes, and what gates found."""

from __future__ import annotations

from trimtab.lineage_events.run_events import is_on, observe_lineage
from trimtab.lineage_events.stage_lineage import StageLineage, describe_stage

__all__ = ["StageLineage", "describe_stage", "is_on", "observe_lineage"]
