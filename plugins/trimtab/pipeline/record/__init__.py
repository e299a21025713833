"""The record of a run: its commit, whether that belongs to the project, and the integrity of its objects."""

from __future__ import annotations

from trimtab.pipeline.record.checkout import check_out
from trimtab.pipeline.record.integrity import IntegrityChecker
from trimtab.pipeline.record.provenance import parse_revision, require_project_revision
from trimtab.pipeline.record.record import Record, ensure_record, experiment_name, record_run
from trimtab.pipeline.record.recorded_files import open_recorded_outputs
from trimtab.pipeline.record.required_objects import RequiredObject, find_required_objects

__all__ = [
    "IntegrityChecker",
    "Record",
    "RequiredObject",
    "check_out",
    "ensure_record",
    "experiment_name",
    "find_required_objects",
    "open_recorded_outputs",
    "parse_revision",
    "record_run",
    "require_project_revision",
]
